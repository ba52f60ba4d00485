import type { InvokeCommandOutput, InvokeWithResponseStreamResponseEvent } from '@aws-sdk/client-lambda';
import type { LambdaToolDefinition } from '@parley/contract/agent';
import { toolResult } from '@parley/contract/tool';
import { fitProgress, type ToolProgress } from '@parley/contract/tool-progress';
import { z } from 'zod';
import type { ToolFailure } from './errors.ts';
import { answerBytesMax, functionFailure, noResult, tooLarge } from './tool-failures.ts';
import type { ToolOutcome } from './tools.ts';

/** What a function answered at once. Of one that would rather stream, its lines come together. */
export function answerOf(
  tool: LambdaToolDefinition,
  { FunctionError, Payload }: InvokeCommandOutput,
): ToolOutcome {
  const bytes: Uint8Array = Payload ?? new Uint8Array();
  const whole = parseJson(bytes);
  if (FunctionError) return { ok: false, error: functionFailure(tool, whole) };
  if (whole !== undefined) return outcomeOf(tool, whole);
  const lines = new AnswerLines(tool, () => undefined);
  lines.take(bytes);
  return lines.end();
}

/**
 * Reads a streamed answer as it comes: lines of progress, then the result. A function that does not stream answers in
 * one piece, with its result alone.
 */
export async function streamedAnswerOf(
  tool: LambdaToolDefinition,
  stream: AsyncIterable<InvokeWithResponseStreamResponseEvent> | Iterable<never>,
  onProgress: (progress: ToolProgress) => void,
): Promise<ToolOutcome> {
  const lines = new AnswerLines(tool, onProgress);
  for await (const { PayloadChunk, InvokeComplete } of stream) {
    if (InvokeComplete?.ErrorCode) {
      const { ErrorCode, ErrorDetails = '' } = InvokeComplete;
      const said = parseJson(Buffer.from(ErrorDetails)) ?? {
        errorType: ErrorCode,
        errorMessage: ErrorDetails,
      };
      return { ok: false, error: functionFailure(tool, said) };
    }
    if (PayloadChunk?.Payload) lines.take(PayloadChunk.Payload);
    if (lines.fault) break;
  }
  return lines.end();
}

const lineFeed = 0x0a;

/** A newer tool may say more of its progress than this version knows. */
const progressLine = z.object({
  progress: z.object({ percent: z.number().optional(), text: z.string().optional() }),
});

/** Lines of an answer, from bytes that are cut anywhere. Holds one line at a time, of at most `answerBytesMax`. */
class AnswerLines {
  /** What is wrong with the answer: more of it need not be read. */
  fault: ToolFailure | undefined;
  readonly #tool: LambdaToolDefinition;
  readonly #onProgress: (progress: ToolProgress) => void;
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  #outcome: ToolOutcome | undefined;

  constructor(tool: LambdaToolDefinition, onProgress: (progress: ToolProgress) => void) {
    this.#tool = tool;
    this.#onProgress = onProgress;
  }

  take(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      this.#hold(chunk.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  /** The last line may lack its end: it is read as it is. */
  end(): ToolOutcome {
    if (this.#lineBytes > 0) this.#endLine();
    if (this.fault) return { ok: false, error: this.fault };
    return this.#outcome ?? { ok: false, error: noResult(this.#tool) };
  }

  #hold(piece: Uint8Array): void {
    this.#lineBytes += piece.length;
    if (this.#lineBytes > answerBytesMax) this.fault ??= tooLarge(this.#tool);
    if (!this.fault) this.#line.push(piece);
  }

  #endLine(): void {
    const value = this.fault ? undefined : parseJson(Buffer.concat(this.#line));
    this.#line = [];
    this.#lineBytes = 0;
    if (this.#outcome || value === undefined) {
      this.fault ??= noResult(this.#tool);
      return;
    }
    const progress = progressLine.safeParse(value);
    if (progress.success) this.#tell(progress.data.progress);
    else this.#outcome = outcomeOf(this.#tool, value);
  }

  #tell({ percent, text }: ToolProgress): void {
    if (percent !== undefined || text !== undefined) this.#onProgress(fitProgress({ percent, text }));
  }
}

function outcomeOf(tool: LambdaToolDefinition, answer: unknown): ToolOutcome {
  const parsed = toolResult.safeParse(answer);
  if (!parsed.success) return { ok: false, error: noResult(tool) };
  return parsed.data.ok ? { ok: true, output: parsed.data.output ?? null } : parsed.data;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no JSON, or no text. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
