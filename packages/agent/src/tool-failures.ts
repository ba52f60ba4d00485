import type { LambdaToolDefinition } from '@parley/contract/agent';
import { z } from 'zod';
import { errorText, type ToolFailure } from './errors.ts';

/** What Lambda accepts and answers at most in one synchronous call; of a streamed answer, what we take of one line. */
const payloadMegabytesMax = 6;
export const answerBytesMax = payloadMegabytesMax * 1024 * 1024;

const functionError = z
  .object({ errorType: z.string().catch(''), errorMessage: z.string().catch('') })
  .catch({ errorType: '', errorMessage: '' });

/** A function that threw, crashed, ran out of time, or answered too much: `{errorType, errorMessage}`. */
export function functionFailure(tool: LambdaToolDefinition, answer: unknown): ToolFailure {
  const { errorType, errorMessage } = functionError.parse(answer);
  const said = `${errorType} ${errorMessage}`;
  if (/timed ?out/i.test(said)) return timedOut(tool);
  if (/ResponseSizeTooLarge|payload size exceeded/i.test(said)) return tooLarge(tool);
  if (/OutOfMemory|signal: (killed|aborted)/i.test(said)) return outOfMemory(tool);
  if (/Runtime\.ExitError|Runtime exited with error/.test(said)) return ended(tool, errorMessage);
  const reason = errorMessage ? `: ${errorText(errorMessage, 500)}` : '.';
  return { code: 'tool-failed', message: `The tool "${tool.name}" failed${reason}` };
}

/** A call that never reached the function, or whose answer never came. */
export function callFailure(tool: LambdaToolDefinition, error: unknown): ToolFailure {
  const name = error instanceof Error ? error.name : '';
  if (/TooLarge/.test(name)) return tooLarge(tool);
  if (name === 'TooManyRequestsException') {
    return {
      code: 'tool-unavailable',
      message: `The tool "${tool.name}" is called too often. Try again in a while.`,
    };
  }
  if (name === 'ResourceNotFoundException' || name === 'AccessDeniedException') {
    return {
      code: 'tool-unavailable',
      message: `The tool "${tool.name}" is not there or may not be called (${name}). Deploy its stack again.`,
    };
  }
  return {
    code: 'tool-unavailable',
    message: `The tool "${tool.name}" could not be reached: ${errorText(error, 300)}`,
  };
}

export function timedOut(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-timed-out',
    message: `The tool "${tool.name}" did not answer within ${tool.timeoutSeconds} seconds.`,
  };
}

/** Lambda kills a process that takes too much; Node aborts its own when its heap is full. */
function outOfMemory(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-failed',
    message: `The tool "${tool.name}" needed more memory than it has, and was ended. Ask for less at once. Its developer can have it hold less, or give it more (memoryMiB).`,
  };
}

function ended(tool: LambdaToolDefinition, errorMessage: string): ToolFailure {
  const how = /Runtime exited with error: (.+)$/.exec(errorMessage)?.[1] ?? 'for no reason that is known';
  return {
    code: 'tool-failed',
    message: `The tool "${tool.name}" ended before it could answer (${errorText(how, 100)}). Its developer finds more in its log.`,
  };
}

export function tooLarge(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-output-too-large',
    message: `The tool "${tool.name}" was given or answered more than ${payloadMegabytesMax} MB. Ask for less at once.`,
  };
}

export function noResult(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-failed',
    message: `The tool "${tool.name}" answered with something that is no tool result.`,
  };
}
