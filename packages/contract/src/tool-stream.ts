import { paceProgress, type ToolProgress } from './tool-progress.ts';

/** Where a streaming handler writes its answer. */
export interface AnswerStream {
  write(text: string): unknown;
  end(): unknown;
}

/** Lambda's Node runtime, as far as it is used here; it marks the handler, and calls it with a stream then. */
export interface StreamingRuntime {
  streamifyResponse(
    handler: (event: unknown, answer: AnswerStream) => Promise<void>,
  ): (event: unknown) => Promise<never>;
}

/** The runtime this code runs in, if it can stream: the AWS SDK makes an empty `awslambda` where there is none. */
export function lambdaRuntime(): StreamingRuntime | undefined {
  const { awslambda } = globalThis as { awslambda?: Partial<StreamingRuntime> };
  return awslambda?.streamifyResponse ? (awslambda as StreamingRuntime) : undefined;
}

/** Four a second look live, and cost next to nothing. */
const tellEveryMs = 250;

/**
 * A handler whose answer is lines of JSON: `{"progress":…}` any number of times, then the result. `answer` is given
 * what sends a progress on; what it rejects with is the runtime's to report.
 */
export function streamedAnswers(
  runtime: StreamingRuntime,
  answer: (event: unknown, tell: (progress: ToolProgress) => void) => Promise<object>,
): (event: unknown) => Promise<never> {
  return runtime.streamifyResponse(async (event, stream) => {
    const told = paceProgress((progress) => stream.write(line({ progress })), tellEveryMs);
    try {
      const result = await answer(event, told.push);
      told.close();
      stream.write(line(result));
      stream.end();
    } finally {
      told.close();
    }
  });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
