import { z } from 'zod';

/**
 * Which model answers. A model that costs money is only ever named explicitly:
 * the default is `demo`, which is deterministic, offline and free.
 */
export const modelSettings = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('demo') }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    baseUrl: z.url({ protocol: /^https?$/ }),
    model: z.string().min(1),
    /** Name of the environment variable that holds the key; none for Ollama, vLLM or llama.cpp. */
    apiKeyEnv: z.string().min(1).optional(),
  }),
]);
export type ModelSettings = z.infer<typeof modelSettings>;

/** What to call a model: `demo`, or `provider/model`. */
export function modelLabel(settings: ModelSettings): string {
  return settings.provider === 'demo' ? 'demo' : `${settings.provider}/${settings.model}`;
}

/** Bounds of one run. Whatever is reached first ends it with the error `budget-reached`. */
export const budget = z.strictObject({
  /** Model calls. Default 12. */
  turns: z.number().int().min(1).max(100).default(12),
  /** Input plus output tokens over all turns, as the provider counts them. Default 100,000. */
  tokens: z.number().int().min(100).max(10_000_000).default(100_000),
  /** Wall-clock seconds. Default 300. */
  seconds: z.number().int().min(1).max(3_600).default(300),
});
export type Budget = z.infer<typeof budget>;
