import { inspect } from 'node:util';

/** What a log line may hold besides its message: identifiers and figures, never tokens or message texts. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/** Structured log: one JSON object per line. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Logs `error` with its stack and the stacks of its causes. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** A log whose lines all carry `fields` too. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  /** Fields of every line, such as the service's name. */
  fields?: LogFields;
  /** Takes one line with its line end. Default: stdout. */
  write?: (line: string) => void;
}

/** Creates a log that writes JSON lines to stdout. */
export function createLog({
  fields = {},
  write = (line) => process.stdout.write(line),
}: LogOptions = {}): Log {
  const line = (level: string, message: string, more: object) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, ...fields, message, ...more })}\n`);
  return {
    info: (message, more = {}) => line('info', message, more),
    warn: (message, more = {}) => line('warn', message, more),
    error: (message, error, more = {}) => line('error', message, { ...more, error: describeError(error) }),
    child: (more) => createLog({ fields: { ...fields, ...more }, write }),
  };
}

const causesMax = 5;

function describeError(error: unknown): string {
  const stacks: string[] = [];
  for (let at = error; at !== undefined && stacks.length < causesMax;) {
    stacks.push(at instanceof Error ? (at.stack ?? String(at)) : inspect(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return stacks.join('\ncaused by: ');
}
