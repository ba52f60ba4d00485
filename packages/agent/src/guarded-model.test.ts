import { Model, ModelThrottledError, type BaseModelConfig, type ModelStreamEvent } from '@strands-agents/sdk';
import { describe, expect, it } from 'vitest';
import { BudgetMeter } from './budget.ts';
import { ContextWindow } from './context/context-window.ts';
import { defaultBackoff, GuardedModel, type Wait } from './guarded-model.ts';

/** A model whose call number n does what `calls[n]` says, and the last of them from then on. */
class ScriptedModel extends Model {
  asked = 0;
  readonly #calls: (() => AsyncGenerator<ModelStreamEvent>)[];

  constructor(...calls: (() => AsyncGenerator<ModelStreamEvent>)[]) {
    super();
    this.#calls = calls;
  }

  override updateConfig(): void {}

  override getConfig(): BaseModelConfig {
    return {};
  }

  override stream(): AsyncGenerator<ModelStreamEvent> {
    this.asked += 1;
    return this.#calls[Math.min(this.asked, this.#calls.length) - 1]!();
  }
}

const delta: ModelStreamEvent = {
  type: 'modelContentBlockDeltaEvent',
  delta: { type: 'textDelta', text: 'Half' },
};

const blockStart: ModelStreamEvent = { type: 'modelContentBlockStartEvent' };

// eslint-disable-next-line eslint/require-yield -- it fails before its first event
async function* throttled(): AsyncGenerator<ModelStreamEvent> {
  throw new ModelThrottledError('slow down');
}

async function* throttledWithin(): AsyncGenerator<ModelStreamEvent> {
  yield blockStart;
  yield delta;
  throw new ModelThrottledError('slow down');
}

async function* answer(): AsyncGenerator<ModelStreamEvent> {
  yield blockStart;
  yield delta;
}

function guarded(model: Model, signal = new AbortController().signal) {
  const waits: Wait[] = [];
  const guards = {
    budget: new BudgetMeter({ turns: 10, tokens: 1_000, seconds: 60 }),
    signal,
    backoff: { ...defaultBackoff, baseMs: 1, random: () => 1 },
    onWait: (wait: Wait) => Promise.resolve(void waits.push(wait)),
    window: new ContextWindow(
      { provider: 'demo' },
      { messages: [], begins: [], total: 0, pinned: [] },
      1_000,
    ),
    onRead: () => Promise.resolve(),
  };
  return { stream: new GuardedModel(model, guards).stream([]), waits };
}

describe('a model that obeys its run', () => {
  it('is tried again before its first word, and the tries are counted', async () => {
    const model = new ScriptedModel(throttled, throttled, answer);
    const { stream, waits } = guarded(model);
    expect(await Array.fromAsync(stream)).toEqual([blockStart, delta]);
    expect(waits.map(({ nextTry, tries }) => [nextTry, tries])).toEqual([
      [2, 5],
      [3, 5],
    ]);
  });

  it('is not tried again after its first word: what was shown cannot be taken back', async () => {
    const model = new ScriptedModel(throttledWithin, answer);
    await expect(Array.fromAsync(guarded(model).stream)).rejects.toThrow('slow down');
    expect(model.asked).toBe(1);
  });

  it('is left when the signal aborts, though it hangs and cannot be closed', async () => {
    const stop = new AbortController();
    const model = new ScriptedModel(async function* () {
      yield blockStart;
      yield delta;
      await new Promise(() => undefined);
    });
    const { stream } = guarded(model, stop.signal);
    await stream.next();
    await stream.next();
    const next = stream.next();
    stop.abort(new Error('stopped'));
    await expect(next).rejects.toThrow('stopped');
  });
});
