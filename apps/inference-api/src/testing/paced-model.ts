import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model on loopback, OpenAI's wire, that says what the test says, when it says it. */
export interface PacedModel {
  baseUrl: string;
  /** Resolves when the service asks, each time. */
  asked(): Promise<void>;
  /** Says these words, a token each. */
  say(words: readonly string[]): void;
  callTool(name: string, input: object): void;
  /** Ends what it says; its usage is the same whatever it was. */
  end(reason: 'stop' | 'tool_calls'): void;
  close(): Promise<void>;
}

export async function startPacedModel(): Promise<PacedModel> {
  let speaking: ServerResponse | undefined;
  let next = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      speaking = response;
      next.resolve();
      next = Promise.withResolvers();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chunk = (content: object): string => {
    const envelope = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'paced' };
    return `data: ${JSON.stringify({ ...envelope, ...content })}\n\n`;
  };
  const choice = (delta: object, finish_reason: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta, finish_reason }] });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => next.promise,
    say: (words) => speaking?.write(words.map((content) => choice({ role: 'assistant', content })).join('')),
    callTool: (name, input) => {
      const call = {
        index: 0,
        id: 'call-1',
        type: 'function',
        function: { name, arguments: JSON.stringify(input) },
      };
      speaking?.write(choice({ role: 'assistant', tool_calls: [call] }));
    },
    end: (reason) => {
      const usage = { prompt_tokens: 100, completion_tokens: 100 };
      speaking?.end(`${choice({}, reason)}${chunk({ choices: [], usage })}data: [DONE]\n\n`);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
