import { AuiIf, ComposerPrimitive, unstable_useComposerInput, useAuiState } from '@assistant-ui/react';
import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { AttachButton, ComposerFiles, useTray } from '../files/composer-files.tsx';
import { pasteFiles } from '../files/drop.ts';
import { unsentBecause } from '../files/tray-state.ts';
import { joined, keepDraft, readDraft } from './draft.ts';
import { tooLong } from './text-limit.ts';
import { useThread } from './thread-actions.ts';

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
  const { tray } = useThread();
  const problem = useAuiState((state) => tooLong(state.composer.text));
  const unsent = unsentBecause(useTray(tray));
  const isHeld = problem !== undefined || unsent !== undefined;
  const problemId = useId();
  const hold = (event: FormEvent): void => {
    if (isHeld) event.preventDefault();
  };
  return (
    <ComposerPrimitive.Root className="composer" onSubmit={hold}>
      {tray && <ComposerFiles tray={tray} />}
      <p className="composer-problem" id={problemId} role="alert">
        {problem}
      </p>
      <p className="composer-notice" role="status">
        {unsent}
      </p>
      {tray && <AttachButton tray={tray} />}
      <ComposerPrimitive.Input
        className="composer-input"
        dir="auto"
        placeholder={placeholder}
        aria-label="Message"
        maxRows={10}
        autoFocus={matchMedia('(pointer: fine)').matches}
        addAttachmentOnPaste={false}
        onPaste={(event) => pasteFiles(tray, event)}
        unstable_insertNewlineOnTouchEnter
        aria-invalid={problem !== undefined}
        aria-describedby={problemId}
      />
      <AuiIf condition={(state) => !state.thread.isRunning}>
        <ComposerPrimitive.Send
          className="send-button"
          aria-label="Send"
          title="Send (Enter)"
          disabled={isHeld}
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

/**
 * Keeps what is being written here as it changes. A draft that was there before is in the composer from its first
 * rendering on (`ThreadRuntime`); here it is brought back where only later it is known whose it is.
 */
function useDraft(place: string | undefined): void {
  const { value: text, setText } = unstable_useComposerInput();
  const restored = useRef(false);
  useEffect(() => {
    if (place === undefined) return;
    if (restored.current) return keepDraft(place, text);
    restored.current = true;
    const draft = readDraft(place);
    if (draft === '' || draft === text) keepDraft(place, text);
    else setText(joined(draft, text)); // renders at once, unlike `aui.composer().setText`
  }, [place, setText, text]);
}
