import type { EngineEvent } from '@parley/deploy/engine';
import type { WriteStream } from 'node:tty';
import { counter, duration, eventLine, stateText } from '../deploy/deploy-lines.ts';
import { printable } from '../printable.ts';

/** Milliseconds between two drawings: the seconds go on when nothing else does. */
const drawEveryMs = 500;

/** Keeps one line per stack at work at the end of a terminal, and puts what is over above them. */
export interface LiveLines {
  event(event: EngineEvent): void;
  /** Takes the lines away and stops. */
  close(): void;
}

export function liveLines(terminal: WriteStream): LiveLines {
  const working = new Map<string, { text: string; since: number }>();
  let drawn = 0;
  const timer = setInterval(() => draw([]), drawEveryMs);
  timer.unref();

  function draw(above: string[]): void {
    const width = Math.max(20, terminal.columns - 1);
    const lines = [...working].map(([stack, { text, since }]) =>
      printable(`  ${stack}  ${duration((performance.now() - since) / 1000)}  ${text}`).slice(0, width),
    );
    if (drawn === 0 && lines.length === 0 && above.length === 0) return;
    const up = drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '';
    terminal.write(`${up}${[...above.map(printable), ...lines].map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  }

  function work(stack: string, text: string): void {
    working.set(stack, { since: working.get(stack)?.since ?? performance.now(), text });
  }

  return {
    event(event) {
      if (event.type === 'stack') work(event.stack, stateText(event));
      else if (event.type === 'resource') {
        work(event.stack, `${counter(event)}${event.status} ${event.logicalId}`);
      }
      if (event.type === 'outcome') working.delete(event.outcome.stack);
      const isFailure = event.type === 'resource' && event.status.endsWith('_FAILED');
      const isOver = event.type !== 'stack' && event.type !== 'resource';
      const line = isFailure || isOver ? eventLine(event) : undefined;
      draw(line === undefined ? [] : line.split('\n'));
    },
    close() {
      clearInterval(timer);
      working.clear();
      draw([]);
    },
  };
}
