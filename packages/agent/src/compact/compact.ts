import type { AgentDefinition } from '@parley/contract/agent';
import type { Message as StoredMessage } from '@parley/contract/message';
import type { ModelSettings } from '@parley/contract/model';
import { Message, TextBlock } from '@strands-agents/sdk';
import { callsOnce } from '../calls-once.ts';
import { textTokens } from '../context/estimate.ts';
import { modelWindow } from '../context/model-window.ts';
import { sinceSummary } from '../context/since-summary.ts';
import { RunError } from '../errors.ts';
import { quietEvents } from '../quiet-events.ts';
import { runLoop, type FinishReason, type LoopRun } from '../run-loop.ts';
import { compactInstructions, compactRequest } from './prompts.ts';
import { inPieces, transcript } from './transcript.ts';

export interface CompactTask {
  agent: AgentDefinition;
  model: ModelSettings;
  /** Root first. A message of the user's at its end is not summed up: it is still to be answered. */
  branch: readonly StoredMessage[];
}

/** Shares of the window that a piece of the conversation, and the summary of the pieces before it, may have. */
const pieceShare = 0.75;
const summaryShare = 1 / 8;

/** Share of the run's token budget that is spent on reading; the rest is for writing and for what is estimated wrong. */
const budgetShare = 0.75;

/**
 * Has the model write the summary of a branch, from its last summary on. A branch longer than the window is read in
 * pieces, each with the summary of those before, and only the last summary is shown. What is longer than the run's
 * budget is left out from the beginning, and the summary says so.
 */
export async function compactBranch(
  run: LoopRun,
  { agent, model, branch }: CompactTask,
): Promise<FinishReason> {
  const { messages, summary } = sinceSummary(
    callsOnce(branch.at(-1)?.role === 'user' ? branch.slice(0, -1) : branch),
  );
  const all = inPieces(transcript(messages), pieceTokens(model));
  const pieces = affordable(all, run);
  let before = summary;
  for (const [i, piece] of pieces.entries()) {
    const isLast = i === pieces.length - 1;
    if (pieces.length > 1)
      await run.events.notice('compacting', `Reading part ${i + 1} of ${pieces.length}.`);
    const quiet = quietEvents(run);
    const leftOut = i === 0 ? all.length - pieces.length : 0;
    const question = new Message({
      role: 'user',
      content: [new TextBlock(compactRequest(piece, before, leftOut))],
    });
    const finish = await runLoop(isLast ? run : { ...run, events: quiet.events }, {
      agent: { ...agent, instructions: compactInstructions, tools: [], agents: [] },
      model,
      history: { messages: [question], begins: [0], total: 1, pinned: [] },
      path: [agent.id],
    });
    if (isLast && run.events.hasText) return finish;
    before = quiet.text();
  }
  throw new RunError('model-failed', 'The model wrote no summary. Try again.');
}

function pieceTokens(model: ModelSettings): number {
  const { tokens, answer } = modelWindow(model);
  return Math.max(100, Math.floor((tokens - answer) * pieceShare - tokens * summaryShare));
}

/** The newest pieces that the run's turns and tokens are enough for; at least one. */
function affordable(pieces: readonly string[], { meter }: LoopRun): string[] {
  let left = meter.tokens * budgetShare;
  const kept = pieces.toReversed().filter((piece, i) => {
    left -= textTokens(piece);
    return i === 0 || (left >= 0 && i < meter.turns);
  });
  return kept.toReversed();
}
