import type { EngineEvent, Outcome } from '@parley/deploy/engine';
import { eventLine, summaryLines } from './deploy-lines.ts';
import { liveLines } from '../local/live-lines.ts';
import { printable } from '../printable.ts';

/** Says what a deploy or a removal does: to a person in lines, to a program in JSON objects. */
export interface DeployReporter {
  step(what: string): void;
  /** One line of text, for a person only. */
  line(text: string): void;
  /** One object, for a program only. */
  json(value: object): void;
  note: (text: string) => void;
  event: (event: EngineEvent) => void;
  refused(error: Error & { nextStep?: string }): void;
  done(outcomes: readonly Outcome[], seconds: number): void;
}

export interface ReporterOptions {
  json: boolean;
  verb: 'deploy' | 'destroy';
}

export function deployReporter({ json, verb }: ReporterOptions): DeployReporter {
  return json ? jsonReporter() : textReporter(verb);
}

function jsonReporter(): DeployReporter {
  const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    step: (what) => print({ type: 'step', what }),
    line: () => {},
    json: print,
    note: (text) => print({ type: 'note', text }),
    event: print,
    refused: ({ message, nextStep }) => print({ type: 'refused', message, nextStep }),
    done: (outcomes, seconds) => print({ type: 'done', outcomes, seconds }),
  };
}

function textReporter(verb: ReporterOptions['verb']): DeployReporter {
  const isTerminal = process.stdout.isTTY;
  const print = (text: string): void => void process.stdout.write(`${printable(text)}\n`);
  const live = isTerminal ? liveLines(process.stdout) : undefined;
  return {
    step: (what) => print(`· ${what}`),
    // The plan's lines bring their own colours.
    line: (text) => void process.stdout.write(`${text}\n`),
    json: () => {},
    note: (text) => print(`  (${text})`),
    event: (event) => {
      if (live) return live.event(event);
      const line = eventLine(event);
      if (line !== undefined) print(line);
    },
    refused: ({ message, nextStep }) => {
      process.stderr.write(`parley: ${printable(message)}\n${nextStep ? `  ${printable(nextStep)}\n` : ''}`);
    },
    done: (outcomes, seconds) => {
      live?.close();
      for (const text of summaryLines(outcomes, seconds, verb)) print(text);
    },
  };
}
