import type { Message, ToolResultBlock } from '@strands-agents/sdk';
import { isNote } from '../context/notes.ts';
import { parseFileText } from '../files.ts';
import { continueInstruction } from '../history.ts';
import type { AttachedFile } from './files.ts';

export interface PastCall {
  id: string;
  name: string;
  input: unknown;
  ok?: boolean;
  /** Parsed when it is JSON. */
  output?: unknown;
}

/** A message of the user, and what followed. */
export interface Exchange {
  user: string;
  files: AttachedFile[];
  calls: PastCall[];
  answer: string;
}

export interface Conversation {
  exchanges: Exchange[];
  /** True when the last answer was cut and the rest is asked for. */
  toBeContinued: boolean;
}

/** The model's messages as exchanges. */
export function conversationOf(messages: readonly Message[]): Conversation {
  const exchanges: Exchange[] = [];
  let toBeContinued = false;
  let files: AttachedFile[] = [];
  for (const { role, content } of messages) {
    for (const block of content) {
      const last = exchanges.at(-1);
      if (block.type === 'textBlock' && isNote(block.text)) continue;
      if (block.type === 'textBlock' && role === 'user') {
        const file = parseFileText(block.text);
        if (file) {
          files.push(file); // it comes before the words about it
          continue;
        }
        toBeContinued = block.text === continueInstruction;
        if (!toBeContinued) exchanges.push({ user: block.text, files, calls: [], answer: '' });
        files = [];
      } else if (block.type === 'textBlock' && last) {
        last.answer += block.text;
      } else if (block.type === 'toolUseBlock') {
        last?.calls.push({ id: block.toolUseId, name: block.name, input: block.input });
      } else if (block.type === 'toolResultBlock') {
        settle(last?.calls, block);
      }
    }
  }
  return { exchanges, toBeContinued };
}

function settle(calls: PastCall[] | undefined, { toolUseId, status, content }: ToolResultBlock): void {
  const call = calls?.findLast(({ id }) => id === toolUseId);
  if (!call) return;
  const text = content.map((block) => (block.type === 'textBlock' ? block.text : '')).join('');
  call.ok = status === 'success';
  call.output = parsed(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
