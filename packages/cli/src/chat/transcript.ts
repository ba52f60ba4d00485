import { withCodes } from '@parley/contract/marks';
import type { StreamEvent } from '@parley/contract/stream';
import { printable } from '../printable.ts';

/** Prints the events of an answer as they come: its text as it grows, and each tool call with its end. */
export interface Transcript {
  show(event: StreamEvent): void;
}

const shownChars = 200;

/** The end of a call, which is shown with its duration when that follows. */
interface CallEnd {
  toolCallId: string;
  mark: string;
  text: string;
}

export function textTranscript(write: (text: string) => void): Transcript {
  const names = new Map<string, string>();
  const inputs = new Map<string, unknown>();
  let held: CallEnd | undefined;
  let atLineStart = true;
  const print = (text: string): void => {
    if (!text) return;
    write(text);
    atLineStart = text.endsWith('\n');
  };
  const line = (text: string): void => print(`${atLineStart ? '' : '\n'}${text}\n`);
  const showHeld = (durationMs?: number): void => {
    if (!held) return;
    const { toolCallId, mark, text } = held;
    held = undefined;
    const took = durationMs === undefined ? '' : ` (${(durationMs / 1_000).toFixed(1)} s)`;
    line(`  ${mark} ${names.get(toolCallId) ?? 'tool'}${took} ${shortened(text)}`);
  };
  return {
    show(event) {
      const isItsDuration = event.type === 'data-tool-duration' && event.data.toolCallId === held?.toolCallId;
      showHeld(isItsDuration ? event.data.durationMs : undefined);
      switch (event.type) {
        case 'text-delta':
          return print(printable(event.delta));
        case 'text-end':
          return line('');
        case 'tool-input-available':
          names.set(event.toolCallId, printable(event.toolName));
          inputs.set(event.toolCallId, event.input);
          return line(`  → ${printable(event.toolName)} ${shortened(JSON.stringify(event.input))}`);
        case 'tool-output-available':
          held = { toolCallId: event.toolCallId, mark: '←', text: JSON.stringify(event.output) ?? '' };
          return;
        case 'tool-output-error':
          held = { toolCallId: event.toolCallId, mark: '✗', text: event.errorText };
          return;
        case 'data-tool-approval': {
          const { toolCallId, expiresAt } = event.data;
          // What is approved is shown whole, even what nobody would see.
          const input = withCodes(JSON.stringify(inputs.get(toolCallId), null, 2) ?? '');
          line(`  ? ${names.get(toolCallId) ?? 'tool'} asks first, with the input ${input}`);
          return line(`    Say "approve", or "decline" (and why), until ${expiresAt}.`);
        }
        case 'data-notice':
          return line(`  … ${printable(event.data.message)}`);
        case 'error':
          return line(`  ! ${printable(event.errorText)}`);
        case 'abort':
          return line(
            event.reason === 'stopped' ? '  (stopped)' : '  (interrupted; say "continue" to go on)',
          );
        default:
          return;
      }
    },
  };
}

/** One JSON object per event, for programs. */
export function jsonTranscript(write: (text: string) => void): Transcript {
  return { show: (event) => write(`${JSON.stringify(event)}\n`) };
}

function shortened(text: string): string {
  const line = printable(text).replace(/\s+/g, ' ');
  return line.length > shownChars ? `${line.slice(0, shownChars)}…` : line;
}
