import type { ModelStreamEvent } from '@strands-agents/sdk';

type StopEvent = Extract<ModelStreamEvent, { type: 'modelMessageStopEvent' }>;

/** Some models end an answer that calls tools as if it called none. After a filter or a limit nothing is called. */
const mayCall = new Set<string>(['toolUse', 'endTurn', 'stopSequence']);

/**
 * The events of an answer with its tool calls held back until it is complete: a cut answer has half a
 * call, or one that nobody will make. Input that is no JSON reaches the tool as `{ invalidJson }`.
 * Each block has a start: where a provider leaves it out, the framework would repeat the text before it.
 */
export async function* wholeCalls(events: AsyncIterable<ModelStreamEvent>): AsyncGenerator<ModelStreamEvent> {
  const held: ModelStreamEvent[] = [];
  let open: 'none' | 'block' | 'call' = 'none';
  let input = '';
  for await (const event of events) {
    switch (event.type) {
      case 'modelContentBlockStartEvent':
        open = event.start?.type === 'toolUseStart' ? 'call' : 'block';
        input = '';
        if (open === 'call') held.push(event);
        else yield event;
        break;
      case 'modelContentBlockDeltaEvent':
        if (open === 'call') {
          if (event.delta.type === 'toolUseInputDelta') input += event.delta.input;
          break;
        }
        if (open === 'none') yield { type: 'modelContentBlockStartEvent' };
        open = 'block';
        yield event;
        break;
      case 'modelContentBlockStopEvent':
        if (open === 'call') held.push(inputDelta(input), event);
        else yield event;
        open = 'none';
        break;
      case 'modelMessageStopEvent':
        yield* ending(event, held);
        break;
      default:
        yield event;
    }
  }
}

function* ending(event: StopEvent, held: readonly ModelStreamEvent[]): Generator<ModelStreamEvent> {
  const calls = held.length > 0 && mayCall.has(event.stopReason);
  if (calls) yield* held;
  yield calls ? { ...event, stopReason: 'toolUse' } : event;
}

function inputDelta(input: string): ModelStreamEvent {
  return {
    type: 'modelContentBlockDeltaEvent',
    delta: { type: 'toolUseInputDelta', input: validJson(input) },
  };
}

/** Small models write broken JSON at times. The tool then refuses the input, and the model can mend it. */
export function validJson(input: string): string {
  try {
    JSON.parse(input || '{}');
    return input || '{}';
  } catch {
    return JSON.stringify({ invalidJson: input.slice(0, 2_000) });
  }
}
