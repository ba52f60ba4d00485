import type { Problem } from '@parley/contract/issues';
import { modelKey, type ModelKeyOrigins, type ModelSettings } from '@parley/contract/model';
import { z } from 'zod';

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'expected an origin such as "https://models.example.com"',
  );

/** Name of a secret in Secrets Manager; with `origins`, where models of agents' own may send it besides. */
const modelSecret = z.union(
  [z.string().min(1), z.strictObject({ secret: z.string().min(1), origins: z.array(origin).min(1) })],
  {
    error:
      "expected the name of a secret in Secrets Manager, or { secret: '<name>', origins: ['https://models.example.com'] }",
  },
);

/** Environment variable of inference-api → the secret that fills it. */
export const modelSecrets = z.record(
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of an environment variable, such as "OPENAI_API_KEY"'),
  modelSecret,
);

interface Settings {
  /** The stage's model: its key may be sent to where it is. */
  model: ModelSettings;
  modelSecrets: z.output<typeof modelSecrets>;
}

/** Environment variable → name of its secret in Secrets Manager. */
export function secretNames({ modelSecrets: secrets }: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, each]) => [
      variable,
      typeof each === 'string' ? each : each.secret,
    ]),
  );
}

/** Where each of the stage's keys may be sent: where its own model is, and where its settings say. */
export function keyOrigins({ model, modelSecrets: secrets }: Settings): ModelKeyOrigins {
  const own = modelKey(model);
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, each]) => {
      const named = typeof each === 'string' ? [] : each.origins;
      return [variable, [...new Set(own?.variable === variable ? [own.origin, ...named] : named)]];
    }),
  );
}

/** What is wrong with the key of a model that an agent's author chose: the stage does not have it, or not for there. */
export function keyProblem(settings: Settings, model: ModelSettings): Problem | undefined {
  const key = modelKey(model);
  if (!key) return undefined;
  const origins = keyOrigins(settings);
  const allowed = Object.hasOwn(origins, key.variable) ? origins[key.variable] : undefined;
  if (!allowed) {
    const message = `expected ${oneOf(Object.keys(origins), "a variable of the stage's modelSecrets, which has none")}, got "${key.variable}": name its secret in modelSecrets, in parley.config.ts`;
    return { field: 'apiKeyEnv', message };
  }
  if (allowed.includes(key.origin)) return undefined;
  const message = `the stage's key ${key.variable} must not be sent there: expected an address at ${oneOf(allowed, 'an origin that the stage names for it, which names none')}, got ${key.origin}: use another key, or name the origin in modelSecrets.${key.variable}.origins, in parley.config.ts`;
  return { field: 'baseUrl', message };
}

function oneOf(values: readonly string[], none: string): string {
  if (values.length === 0) return none;
  return values.length === 1 ? values[0]! : `one of ${values.join(', ')}`;
}
