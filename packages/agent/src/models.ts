import type { ModelSettings } from '@parley/contract/model';
import type { Model } from '@strands-agents/sdk';
import { DemoModel } from './demo/model.ts';
import { modelSecret, type ReadModelSecret } from './model-secret.ts';
import { openAiCompatibleModel } from './openai-compatible.ts';

export interface ModelOptions {
  /** A key by the name of its environment variable, with where it may be sent. Default: there is none. */
  readSecret?: ReadModelSecret | undefined;
  /** `wordDelayMs` of the demo model where its settings have none. Default 15. */
  demoWordDelayMs?: number | undefined;
  /** What the demo model takes for now, in "tomorrow" or "on Friday". Default: the clock. */
  now?: (() => Date) | undefined;
}

/**
 * The model that the settings name, for one run: aborting `signal` ends its requests. A provider's SDK
 * is loaded when it is first asked for. Throws `RunError` when the settings name a key that is not set, or is not for their address.
 */
export async function createModel(
  settings: ModelSettings,
  options: ModelOptions,
  signal: AbortSignal,
): Promise<Model> {
  const apiKey = modelSecret(settings, options.readSecret ?? (() => undefined));
  switch (settings.provider) {
    case 'demo':
      return new DemoModel({
        wordDelayMs: settings.wordDelayMs ?? options.demoWordDelayMs ?? 15,
        now: options.now ?? (() => new Date()),
      });
    case 'openai-compatible':
      return openAiCompatibleModel(settings, apiKey, signal);
    case 'bedrock':
      return (await import('./bedrock.ts')).bedrockModel(settings);
    case 'anthropic':
      return (await import('./anthropic.ts')).anthropicModel(settings, apiKey, signal);
  }
}
