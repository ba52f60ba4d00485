import type { ModelSettings } from '@parley/contract/model';
import type { Model } from '@strands-agents/sdk';
import { DemoModel } from './demo/model.ts';
import { openAiCompatibleModel } from './openai-compatible.ts';

export interface ModelOptions {
  /** Value of a secret by the name of its environment variable; undefined when it is not set. Default: none is. */
  readSecret?: ((name: string) => string | undefined) | undefined;
  /** Milliseconds between two words of the demo model. Default 15. */
  demoWordDelayMs?: number | undefined;
  /** What the demo model takes for now, in "tomorrow" or "on Friday". Default: the clock. */
  now?: (() => Date) | undefined;
}

/**
 * The model that the settings name, for one run: aborting `signal` ends its requests.
 * Throws `RunError` when the settings name a secret that is not set.
 */
export function createModel(settings: ModelSettings, options: ModelOptions, signal: AbortSignal): Model {
  return settings.provider === 'demo'
    ? new DemoModel({ wordDelayMs: options.demoWordDelayMs ?? 15, now: options.now ?? (() => new Date()) })
    : openAiCompatibleModel(settings, options.readSecret ?? (() => undefined), signal);
}

/** What the user is told about who answers: `demo`, or the provider's name of the model. */
export function modelName(settings: ModelSettings): string {
  return settings.provider === 'demo' ? 'demo' : settings.model;
}
