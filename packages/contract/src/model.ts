import { z } from 'zod';

/** Kinds of files that the model reads besides text. Default: what is known of the model, else none. */
const files = z
  .array(z.enum(['image', 'pdf']))
  .max(2)
  .optional();

/** Tokens of one answer at most. */
const maxTokens = z.number().int().min(1).max(1_000_000);

/**
 * Tokens that the model can take in and write in one call, its context window. Default: what is known of the model,
 * else a careful guess; the table is in packages/agent/src/context/README.md. What is longer is left out of what the model reads.
 */
const contextTokens = z.number().int().min(1_000).max(10_000_000).optional();

/**
 * Which model answers. A model that costs money is only ever named explicitly:
 * the default is `demo`, which is deterministic, offline and free.
 */
export const modelSettings = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.literal('demo'),
    /** Milliseconds between two words of an answer; 0 writes as fast as the machine can. Default 15. */
    wordDelayMs: z.number().int().min(0).max(10_000).optional(),
    contextTokens,
  }),
  z.strictObject({
    provider: z.literal('openai-compatible'),
    baseUrl: z.url({ protocol: /^https?$/ }),
    model: z.string().min(1),
    /** Name of the environment variable that holds the key; none for Ollama, vLLM or llama.cpp. */
    apiKeyEnv: z.string().min(1).optional(),
    contextTokens,
    files,
  }),
  z.strictObject({
    provider: z.literal('bedrock'),
    /**
     * Id of a model (`amazon.nova-pro-v1:0`), of an inference profile (`eu.anthropic.claude-sonnet-4-6`),
     * or the ARN of either. It becomes part of a policy, where `*` would mean every model.
     */
    modelId: z
      .string()
      .regex(/^[\w.:/-]+$/, 'expected the id or ARN of a Bedrock model or inference profile, without "*"'),
    /** Region whose Bedrock is called. Default: the service's own. */
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as "eu-west-1"')
      .optional(),
    /** Default: the model's own. Bedrock counts it against the account's quota before it answers. */
    maxTokens: maxTokens.optional(),
    contextTokens,
    files,
  }),
  z.strictObject({
    provider: z.literal('anthropic'),
    model: z.string().min(1),
    /** Name of the environment variable that holds the key. */
    apiKeyEnv: z.string().min(1),
    /** Default: Anthropic's own, `anthropicUrl`. */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** Default 32,000, the least that every model since Claude 4 can write. */
    maxTokens: maxTokens.optional(),
    contextTokens,
    files,
  }),
]);
export type ModelSettings = z.infer<typeof modelSettings>;

export const anthropicUrl = 'https://api.anthropic.com';

/** Variable of a model's key → origins that the key may be sent to. */
export const modelKeyOrigins = z.record(z.string(), z.array(z.string()));
export type ModelKeyOrigins = z.infer<typeof modelKeyOrigins>;

/** The variable of a model's key and the origin that the key is sent to; undefined when it has none. */
export function modelKey(settings: ModelSettings): { variable: string; origin: string } | undefined {
  if (!('apiKeyEnv' in settings) || settings.apiKeyEnv === undefined) return undefined;
  return { variable: settings.apiKeyEnv, origin: new URL(settings.baseUrl ?? anthropicUrl).origin };
}

/** The provider's name of a model, or `demo`. Of an ARN only the resource: the account is nobody's business. */
export function modelName(settings: ModelSettings): string {
  switch (settings.provider) {
    case 'demo':
      return 'demo';
    case 'bedrock':
      return settings.modelId.startsWith('arn:')
        ? settings.modelId.split(':').slice(5).join(':')
        : settings.modelId;
    default:
      return settings.model;
  }
}

/** What to call a model: `demo`, or `provider/model`. */
export function modelLabel(settings: ModelSettings): string {
  return settings.provider === 'demo' ? 'demo' : `${settings.provider}/${modelName(settings)}`;
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
