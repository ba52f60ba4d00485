import { containerPort, env, synthEnv } from '@parley/contract/names';
import { describeIssues, type Problem } from '@parley/contract/issues';
import { z } from 'zod';

/** One environment variable: its name, and how its text becomes a value. */
export interface Setting<T> {
  name: string;
  read: (text: string | undefined) => { value: T } | { problems: Problem[] };
}

export type Settings = Record<string, Setting<unknown>>;
export type Configuration<S extends Settings> = {
  [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting whose text `schema` parses. An empty variable counts as not set. */
export function setting<Schema extends z.ZodType>(name: string, schema: Schema): Setting<z.output<Schema>> {
  return { name, read: (text) => parsed(schema, text) };
}

/** A setting that holds JSON. Not set, the schema sees `undefined`, so that it can have a default. */
export function jsonSetting<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
): Setting<z.output<Schema>> {
  return {
    name,
    read: (text) => {
      if (text === undefined) return parsed(schema, undefined);
      try {
        return parsed(schema, JSON.parse(text));
      } catch {
        return {
          problems: [{ field: '', message: `expected JSON, got ${JSON.stringify(text.slice(0, 80))}` }],
        };
      }
    },
  };
}

/** Text of at least one character. */
export const text = z.string('expected some text').min(1);
/** `true` or `false`, spelt so. */
export const flag = z
  .enum(['true', 'false'], 'expected "true" or "false"')
  .transform((value) => value === 'true');
/** A TCP port; 0 lets the system choose. */
export const port = wholeNumber(0, 65_535);
/** An `http:` or `https:` address. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string(expected)
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** What every service behind the load balancer is told: where to listen, whom to trust, how long it may stop. */
export const httpServiceSettings = {
  port: setting(env.port, port.default(containerPort)),
  host: setting(env.host, text.optional()),
  authIssuer: setting(env.authIssuer, httpUrl),
  authScope: setting(env.authScope, text),
  authAudience: setting(env.authAudience, text.optional()),
  authJwksUrl: setting(env.authJwksUrl, httpUrl.optional()),
  stopSeconds: setting(env.stopTimeout, wholeNumber(1, 120).default(30)),
};

/** The environment does not make a usable configuration. The message has one line per problem. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ field, message }) => `  ${field}: ${message}`);
    super(['Set these environment variables right, then start again:', ...lines].join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads every setting once. Throws one `ConfigurationError` that names all variables that are
 * missing or wrong.
 */
export function readConfig<S extends Settings>(settings: S, environment: Environment): Configuration<S> {
  const problems: Problem[] = [];
  const values = Object.entries(settings).map(([key, { name, read }]) => {
    const result = read(environment[name] || undefined);
    if ('value' in result) return [key, result.value];
    problems.push(
      ...result.problems.map((problem) => ({ ...problem, field: variableField(name, problem.field) })),
    );
    return [key, undefined];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(values) as Configuration<S>;
}

/** Variables that look like Parley's and are none: most likely misspelt. Warn of them at start. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set<string>([...Object.values(env), ...Object.values(synthEnv)]);
  return Object.keys(environment).filter((name) => name.startsWith('PARLEY_') && !known.has(name));
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown) {
  const result = schema.safeParse(value);
  return result.success ? { value: result.data } : { problems: describeIssues(result.error, value) };
}

function variableField(name: string, field: string): string {
  return field === '' ? name : `${name} (${field})`;
}
