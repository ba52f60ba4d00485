import type { Message, MessagePart } from '@parley/contract/message';
import { beginningOf, textTokens } from '../context/estimate.ts';

/** Characters that are left of what a tool was asked and what it answered. */
const toolCharsMax = 1_000;

/** What was said, an entry for each message that says something. */
export function transcript(messages: readonly Message[]): string[] {
  return messages.flatMap(({ role, parts }) => {
    const said = parts.flatMap(linesOf).join('\n').trim();
    return said === '' ? [] : [`${role === 'user' ? 'User' : 'Assistant'}: ${said}`];
  });
}

function linesOf(part: MessagePart): string[] {
  switch (part.type) {
    case 'text':
      return [part.text.toWellFormed()];
    case 'dynamic-tool': {
      const result = part.state === 'output-error' ? part.errorText : part.output;
      return [`[called ${part.toolName} with ${shortened(part.input)}, which answered ${shortened(result)}]`];
    }
    case 'file':
      return [`[file ${part.filename.toWellFormed()}]`];
    default: // a step; or what a newer version stored
      return [];
  }
}

function shortened(value: unknown): string {
  const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).toWellFormed();
  return text.length > toolCharsMax ? `${text.slice(0, toolCharsMax).toWellFormed()}…` : text;
}

/** The entries joined to texts of at most `tokens` each, in order; an entry that is longer is cut into several. */
export function inPieces(entries: readonly string[], tokens: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of entries.flatMap((entry) => cutTo(entry, tokens))) {
    const joined = piece === '' ? part : `${piece}\n\n${part}`;
    if (piece !== '' && textTokens(joined) > tokens) {
      pieces.push(piece);
      piece = part;
    } else piece = joined;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function cutTo(text: string, tokens: number): string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== '';) {
    const part = beginningOf(rest, tokens);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}
