import type { StreamEvent } from '@parley/contract/stream';
import { printable } from '../printable.ts';

/** Prints the events of an answer as they come: its text as it grows, and each tool call with its end. */
export interface Transcript {
  show(event: StreamEvent): void;
}

const shownChars = 200;

export function textTranscript(
  write: (text: string) => void,
  now: () => number = performance.now.bind(performance),
): Transcript {
  const calls = new Map<string, { name: string; began: number }>();
  let atLineStart = true;
  const print = (text: string): void => {
    if (!text) return;
    write(text);
    atLineStart = text.endsWith('\n');
  };
  const line = (text: string): void => print(`${atLineStart ? '' : '\n'}${text}\n`);
  const ended = (toolCallId: string, mark: string, text: string): void => {
    const call = calls.get(toolCallId);
    const seconds = call ? ((now() - call.began) / 1000).toFixed(1) : '?';
    line(`  ${mark} ${call?.name ?? 'tool'} (${seconds} s) ${shortened(text)}`);
  };
  return {
    show(event) {
      switch (event.type) {
        case 'text-delta':
          return print(printable(event.delta));
        case 'text-end':
          return line('');
        case 'tool-input-available':
          calls.set(event.toolCallId, { name: printable(event.toolName), began: now() });
          return line(`  → ${printable(event.toolName)} ${shortened(JSON.stringify(event.input))}`);
        case 'tool-output-available':
          return ended(event.toolCallId, '←', JSON.stringify(event.output) ?? '');
        case 'tool-output-error':
          return ended(event.toolCallId, '✗', event.errorText);
        case 'data-notice':
          return line(`  … ${printable(event.data.message)}`);
        case 'error':
          return line(`  ! ${printable(event.errorText)}`);
        case 'abort':
          return line(
            event.reason === 'stopped' ? '  (stopped)' : '  (interrupted; say "continue" to go on)',
          );
        default:
          return undefined;
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
