import { AuiIf, ComposerPrimitive, useAui, useAuiState } from '@assistant-ui/react';
import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { joined, keepDraft, readDraft } from './draft.ts';
import { tooLong } from './text-limit.ts';

interface ComposerProps {
  /** Undefined until it is known whose draft it is. */
  draftPlace: string | undefined;
  placeholder: string;
}

/**
 * Where messages are written. Enter sends, Shift+Enter begins a line, and neither does anything to a
 * text that an input method is still composing.
 */
export function Composer({ draftPlace, placeholder }: ComposerProps): ReactNode {
  useDraft(draftPlace);
  const problem = useAuiState((state) => tooLong(state.composer.text));
  const problemId = useId();
  const stopTooLong = (event: FormEvent): void => {
    if (problem !== undefined) event.preventDefault();
  };
  return (
    <ComposerPrimitive.Root className="composer" onSubmit={stopTooLong}>
      <p className="composer-problem" id={problemId} role="alert">
        {problem}
      </p>
      <ComposerPrimitive.Input
        className="composer-input"
        dir="auto"
        placeholder={placeholder}
        aria-label="Message"
        maxRows={10}
        autoFocus={matchMedia('(pointer: fine)').matches}
        addAttachmentOnPaste={false}
        unstable_insertNewlineOnTouchEnter
        aria-invalid={problem !== undefined}
        aria-describedby={problemId}
      />
      <AuiIf condition={(state) => !state.thread.isRunning}>
        <ComposerPrimitive.Send
          className="send-button"
          aria-label="Send"
          title="Send (Enter)"
          disabled={problem !== undefined}
        >
          <Icon name="send" />
        </ComposerPrimitive.Send>
      </AuiIf>
      <AuiIf condition={(state) => state.thread.isRunning}>
        <ComposerPrimitive.Cancel
          className="send-button stop"
          aria-label="Stop the answer"
          title="Stop (Esc)"
        >
          <Icon name="stop" />
        </ComposerPrimitive.Cancel>
      </AuiIf>
    </ComposerPrimitive.Root>
  );
}

/** Brings back what was being written here, and keeps it as it changes. */
function useDraft(place: string | undefined): void {
  const aui = useAui();
  const text = useAuiState((state) => state.composer.text);
  const restored = useRef(false);
  useEffect(() => {
    if (place === undefined) return;
    if (restored.current) return keepDraft(place, text);
    restored.current = true;
    const draft = readDraft(place);
    if (draft === '') keepDraft(place, text);
    else aui.composer().setText(joined(draft, text));
  }, [aui, place, text]);
}
