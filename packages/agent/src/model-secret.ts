import { modelKey, type ModelSettings } from '@parley/contract/model';
import { RunError } from './errors.ts';

/** A key of models. */
export interface ModelSecret {
  value: string;
  /** Where it may be sent. Whoever chooses a model's address does not choose that. */
  origins: readonly string[];
}

/** The secret of this name; undefined when there is none. */
export type ReadModelSecret = (name: string) => ModelSecret | undefined;

/**
 * The key that a model's settings name; undefined when they name none. Throws a `RunError` that says what to
 * do when there is no such key, or it is not for the model's address.
 */
export function modelSecret(settings: ModelSettings, readSecret: ReadModelSecret): string | undefined {
  const key = modelKey(settings);
  if (!key) return undefined;
  const { variable, origin } = key;
  const secret = readSecret(variable);
  if (!secret) throw unavailable(`is missing: its operator must set the environment variable ${variable}.`);
  if (secret.origins.includes(origin)) return secret.value;
  throw unavailable(
    `${variable} may not be sent to ${origin}: its operator must name that origin for it, or choose another model.`,
  );
}

function unavailable(why: string): RunError {
  return new RunError('model-unavailable', `The model's key ${why}`);
}
