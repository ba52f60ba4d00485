/** One Lambda function, ready to be run. */
export interface FunctionSpec {
  name: string;
  arn: string;
  /** `$LATEST`, or the number of a published version. */
  version: string;
  region: string;
  /** Folder with the code. */
  codeFolder: string;
  /** `index.handler` */
  handler: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  logGroup: string;
  /** Most processes at a time; more invocations wait. */
  concurrency: number;
  /** Changes with anything that needs a new process. */
  fingerprint: string;
}

/** What an invocation gave. */
export interface InvocationResult {
  /** JSON text: the function's answer, or what went wrong. Empty where the answer came in pieces. */
  payload: string;
  /** Set when the function failed. */
  functionError?: 'Unhandled';
}

/** Gets the pieces of an answer as they come. */
export type OnChunk = (chunk: Buffer) => void;

/** Lambda's limit for a synchronous request and for its answer, in bytes. */
export const payloadLimit = 6 * 1024 * 1024;

/**
 * Most bytes of a streamed answer. A figure of our own, to notice what has no end: Lambda takes 200 MB, and no tool of
 * ours needs more than a buffered answer holds.
 */
export const streamLimit = 2 * payloadLimit;

/** An invocation's failure, worded as Lambda words it. */
export function failure(errorType: string, errorMessage: string): InvocationResult {
  return { payload: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' };
}
