import type { ModelSettings } from '@parley/contract/model';
import type { Model } from '@strands-agents/sdk';
import { DemoModel } from './demo/model.ts';
import { openAiCompatibleModel } from './openai-compatible.ts';

export interface ModelOptions {
  /** Value of a secret by the name of its environment variable; undefined when it is not set. Default: none is. */
  readSecret?: ((name: string) => string | undefined) | undefined;
  /** `wordDelayMs` of the demo model where its settings have none. Default 15. */
  demoWordDelayMs?: number | undefined;
  /** What the demo model takes for now, in "tomorrow" or "on Friday". Default: the clock. */
  now?: (() => Date) | undefined;
}

/**
 * The model that the settings name, for one run: aborting `signal` ends its requests. A provider's SDK
 * is loaded when it is first asked for. Throws `RunError` when the settings name a secret that is not set.
 */
export async function createModel(
  settings: ModelSettings,
  options: ModelOptions,
  signal: AbortSignal,
): Promise<Model> {
  const readSecret = options.readSecret ?? (() => undefined);
  switch (settings.provider) {
    case 'demo':
      return new DemoModel({
        wordDelayMs: settings.wordDelayMs ?? options.demoWordDelayMs ?? 15,
        now: options.now ?? (() => new Date()),
      });
    case 'openai-compatible':
      return openAiCompatibleModel(settings, readSecret, signal);
    case 'bedrock':
      return (await import('./bedrock.ts')).bedrockModel(settings);
    case 'anthropic':
      return (await import('./anthropic.ts')).anthropicModel(settings, readSecret, signal);
  }
}
