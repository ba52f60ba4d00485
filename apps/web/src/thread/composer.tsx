import { AuiIf, ComposerPrimitive, useAui, useAuiState } from '@assistant-ui/react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { keepDraft, readDraft } from './draft.ts';

interface ComposerProps {
  draftPlace: string;
  placeholder: string;
}

/**
 * Where messages are written. Enter sends, Shift+Enter begins a line, and neither does anything to a
 * text that an input method is still composing.
 */
export function Composer({ draftPlace, placeholder }: ComposerProps): ReactNode {
  useDraft(draftPlace);
  return (
    <ComposerPrimitive.Root className="composer">
      <ComposerPrimitive.Input
        className="composer-input"
        placeholder={placeholder}
        aria-label="Message"
        maxRows={10}
        autoFocus={matchMedia('(pointer: fine)').matches}
        addAttachmentOnPaste={false}
        unstable_insertNewlineOnTouchEnter
        maxLength={100_000}
      />
      <AuiIf condition={(state) => !state.thread.isRunning}>
        <ComposerPrimitive.Send className="send-button" aria-label="Send" title="Send (Enter)">
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
function useDraft(place: string): void {
  const aui = useAui();
  const text = useAuiState((state) => state.composer.text);
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current) return keepDraft(place, text);
    restored.current = true;
    const draft = readDraft(place);
    if (draft !== '') aui.composer().setText(draft);
  }, [aui, place, text]);
}
