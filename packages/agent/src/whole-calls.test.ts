import type { ModelStreamEvent } from '@strands-agents/sdk';
import { expect, it } from 'vitest';
import { wholeCalls } from './whole-calls.ts';

const text = (word: string): ModelStreamEvent => ({
  type: 'modelContentBlockDeltaEvent',
  delta: { type: 'textDelta', text: word },
});
const input = (piece: string): ModelStreamEvent => ({
  type: 'modelContentBlockDeltaEvent',
  delta: { type: 'toolUseInputDelta', input: piece },
});
const start: ModelStreamEvent = { type: 'modelContentBlockStartEvent' };
const end: ModelStreamEvent = { type: 'modelContentBlockStopEvent' };
const call: ModelStreamEvent = {
  type: 'modelContentBlockStartEvent',
  start: { type: 'toolUseStart', name: 'forecast', toolUseId: 'call_0' },
};
const stop = (stopReason: string): ModelStreamEvent => ({ type: 'modelMessageStopEvent', stopReason });

async function through(...events: ModelStreamEvent[]): Promise<ModelStreamEvent[]> {
  return Array.fromAsync(
    wholeCalls(
      (async function* () {
        yield* events;
      })(),
    ),
  );
}

it('lets text through at once, with the starts that are missing, and calls at the end, each in one piece', async () => {
  const events = [text('a'), end, call, input('{"ci'), input('ty":1}'), end, text('b'), text('c'), end];
  expect(await through(...events, stop('toolUse'))).toEqual([
    start,
    text('a'),
    end,
    start,
    text('b'),
    text('c'),
    end,
    call,
    input('{"city":1}'),
    end,
    stop('toolUse'),
  ]);
});

it('drops the calls of an answer that was filtered, limited or cut', async () => {
  for (const reason of ['maxTokens', 'refusal', 'guardrailIntervened', 'modelContextWindowExceeded']) {
    expect(await through(call, input('{}'), end, stop(reason))).toEqual([stop(reason)]);
  }
  expect(await through(call, input('{}'), end)).toEqual([]);
});

it('hands over input that is no JSON as such, and no input as none', async () => {
  expect(await through(call, input('{"city": Lis'), end, call, end, stop('endTurn'))).toEqual([
    call,
    input('{"invalidJson":"{\\"city\\": Lis"}'),
    end,
    call,
    input('{}'),
    end,
    stop('toolUse'),
  ]);
});
