import { RunError } from './errors.ts';

/** The key of a model by the name of its variable. Throws a `RunError` that says what to set. */
export function requiredSecret(name: string, readSecret: (name: string) => string | undefined): string {
  const value = readSecret(name);
  if (value) return value;
  throw new RunError(
    'model-unavailable',
    `The model's key is missing: its operator must set the environment variable ${name}.`,
  );
}
