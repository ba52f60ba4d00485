import { useChat, type UseChatHelpers, type UseChatOptions } from '@ai-sdk/react';
import { DefaultChatTransport, isTextUIPart, type UIMessage } from 'ai';
import { Window } from 'happy-dom';
import { createElement } from 'react';
import { createRoot, type Container } from 'react-dom/client';

/** What React needs of a browser; it works on after a test, so the window stays until the process ends. */
const window = new Window();
Object.assign(globalThis, { window, document: window.document });

/** A mounted component with the AI SDK's `useChat` in it. */
export interface MountedChat {
  /** What the hook gave at its last render. */
  now(): UseChatHelpers<UIMessage>;
  /** The text of the newest answer, as the component would show it. */
  answer(): string;
  /** Leaves the page: its requests are not stopped, but nobody looks any more. */
  unmount(): void;
}

/** Mounts a component with `useChat`; its requests go by Node's own fetch. */
export function mountChat(options: UseChatOptions<UIMessage>): MountedChat {
  let last: UseChatHelpers<UIMessage> | undefined;
  const Chat = (): null => {
    last = useChat(options);
    return null;
  };
  const root = createRoot(window.document.createElement('div') as unknown as Container);
  root.render(createElement(Chat));
  const now = (): UseChatHelpers<UIMessage> => {
    if (!last) throw new Error('the component has not been rendered yet');
    return last;
  };
  return {
    now,
    answer: () => {
      const last = now().messages.at(-1);
      return last?.role === 'assistant' ? textOf(last) : '';
    },
    unmount: () => root.unmount(),
  };
}

/** The AI SDK's own transport, told by its documented options where Parley takes messages. */
export function parleyTransport(
  url: string,
  headers: Record<string, string>,
): DefaultChatTransport<UIMessage> {
  return new DefaultChatTransport({
    api: `${url}/inference/sessions`,
    headers,
    prepareSendMessagesRequest: ({ api, id, messages }) => {
      const question = messages.at(-1);
      return {
        api: `${api}/${id}/runs`,
        headers: { ...headers, 'idempotency-key': question?.id ?? '' },
        body: { parentId: messages.at(-2)?.id ?? null, text: question && textOf(question) },
      };
    },
  });
}

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (isTextUIPart(part) ? part.text : '')).join('');
}
