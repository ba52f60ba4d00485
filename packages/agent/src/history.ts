import type { Message as StoredMessage, MessagePart, ToolPart } from '@parley/contract/message';
import {
  Message,
  TextBlock,
  ToolUseBlock,
  type ContentBlock,
  type JSONValue,
  type ToolResultBlock,
} from '@strands-agents/sdk';
import { callsOnce } from './calls-once.ts';
import { summaryNote } from './context/notes.ts';
import { sinceSummary } from './context/since-summary.ts';
import { fitModel } from './event-size.ts';
import type { FileBlocks } from './files.ts';
import { toolResultBlock } from './run-tools.ts';

/** What a model is told when its last answer was cut and the user wants the rest. */
export const continueInstruction =
  'Your last answer was cut off. Continue it from exactly where it ends. Do not repeat any of it and do not mention the cut.';

/** For a call whose run ended before its tool answered. */
const unansweredCall =
  'The run ended before this tool answered. Call it again if its result is still needed.';

/** A branch as a model reads it, and where its stored messages are in it. */
export interface History {
  messages: Message[];
  /**
   * By the index of each of `messages` in which one of the user's begins: how many stored ones are before it, without
   * the summary. What comes before such a one can be left out.
   */
  begins: (number | undefined)[];
  /** Stored messages in all, the summary included. */
  total: number;
  /** What stands at the beginning and must stay: the summary. */
  pinned: TextBlock[];
}

/**
 * A branch of stored messages, root first, as the model reads it: roles alternate, every tool call
 * is followed by its result, and a branch that ends in a cut answer ends in the request to continue it,
 * unless nothing of that answer is there. A summary stands in place of what it sums up.
 * @param files what the model reads of the files of the branch. Default: nothing
 */
export function modelHistory(branch: readonly StoredMessage[], files: FileBlocks = new Map()): History {
  const { messages, summary } = sinceSummary(callsOnce(branch));
  const pinned = summary === undefined ? [] : [new TextBlock(summaryNote(summary.toWellFormed()))];
  const last = messages.at(-1);
  const turns: Turn[] = messages.flatMap((message, i) =>
    message.role === 'user'
      ? [{ ...userTurn(message, files), begins: i }]
      : assistantTurns(message, messages[i + 1]?.role !== 'user'),
  );
  const said = merged([{ role: 'user', content: pinned }, ...turns]);
  // One that is being written goes on by itself: the model reads what came of its calls.
  const isCut = last?.status !== 'streaming' && endsInAnswer(said);
  const all = isCut ? merged([...said, continuation()]) : said;
  return {
    messages: all.map(({ role, content }) => new Message({ role, content })),
    begins: all.map(({ begins }) => begins),
    total: messages.length + pinned.length,
    pinned,
  };
}

interface Turn {
  role: 'user' | 'assistant';
  content: ContentBlock[];
  /** Of the first message of the user's in it: how many are before that. */
  begins?: number | undefined;
}

function endsInAnswer(turns: readonly Turn[]): boolean {
  const end = turns.at(-1);
  return end !== undefined && (end.role === 'assistant' || end.content.at(-1)?.type === 'toolResultBlock');
}

function continuation(): Turn {
  return { role: 'user', content: [new TextBlock(continueInstruction)] };
}

/** Files come before the words that are about them, as the providers advise. */
function userTurn({ parts }: StoredMessage, files: FileBlocks): Turn {
  const blocks = parts.flatMap((part) => (part.type === 'file' ? (files.get(part.url) ?? []) : []));
  return { role: 'user', content: [...blocks, ...parts.flatMap(textBlocks)] };
}

/** One answer is many turns: each step's text and calls, then the results of these calls. */
function assistantTurns({ parts }: StoredMessage, isContinued: boolean): Turn[] {
  return steps(parts).flatMap((step) => {
    const calls = step.filter((part) => part.type === 'dynamic-tool');
    // A call that is cut off at the very end is made again by the model that continues, and so stands in its answer.
    const kept = isContinued ? calls.filter(({ state }) => state !== 'input-available') : calls;
    return [
      { role: 'assistant' as const, content: [...step.flatMap(textBlocks), ...kept.map(callBlock)] },
      { role: 'user' as const, content: kept.map(resultBlock) },
    ];
  });
}

function steps(parts: readonly MessagePart[]): MessagePart[][] {
  const all: MessagePart[][] = [[]];
  for (const part of parts) {
    if (part.type === 'step-start') all.push([]);
    else all.at(-1)!.push(part);
  }
  return all;
}

function textBlocks(part: MessagePart): TextBlock[] {
  return part.type === 'text' && part.text.trim() !== '' ? [new TextBlock(part.text.toWellFormed())] : [];
}

function callBlock({ toolName, toolCallId, input }: ToolPart): ToolUseBlock {
  return new ToolUseBlock({ name: toolName, toolUseId: toolCallId, input: (input ?? {}) as JSONValue });
}

function resultBlock({ toolCallId, state, output, errorText }: ToolPart): ToolResultBlock {
  return state === 'output-available'
    ? toolResultBlock(toolCallId, 'success', fitModel(output))
    : toolResultBlock(toolCallId, 'error', errorText ?? unansweredCall);
}

function merged(turns: readonly Turn[]): Turn[] {
  const all: Turn[] = [];
  for (const { role, content, begins } of turns) {
    if (content.length === 0) continue;
    const previous = all.at(-1);
    if (previous?.role === role) {
      previous.content.push(...content);
      previous.begins ??= begins;
    } else all.push({ role, content: [...content], begins });
  }
  return all;
}
