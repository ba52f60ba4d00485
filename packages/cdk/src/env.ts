import { stage as stageSchema } from '@parley/contract/id';
import { synthEnv } from '@parley/contract/names';
import { z } from 'zod';
import type { Overrides } from './config.ts';
import { SynthProblemsError } from './errors.ts';

/** Which stage to synthesize, with which overrides. */
export interface SynthInput {
  stage: string;
  overrides: Overrides;
  /** What turbo calls the task, when it runs in one. */
  sourcesHash: string | undefined;
}

/**
 * Reads `PARLEY_STAGE` (default `dev`) and `PARLEY_SET` (a JSON object, default none).
 * @throws SynthProblemsError naming the variable
 */
export function synthInputOf(variables: NodeJS.ProcessEnv = process.env): SynthInput {
  const set = variables[synthEnv.set];
  return {
    stage: checkedStage(variables[synthEnv.stage] || 'dev'),
    overrides: set ? parsedOverrides(set) : {},
    sourcesHash: variables[synthEnv.taskHash] || undefined,
  };
}

/** The stage, if it is a valid name of one. */
export function checkedStage(stage: string): string {
  const parsed = stageSchema.safeParse(stage);
  if (parsed.success) return parsed.data;
  throw problem(synthEnv.stage, `${parsed.error.issues[0]?.message}, got "${stage}"`);
}

function parsedOverrides(text: string): Overrides {
  const parsed = z.record(z.string(), z.unknown()).safeParse(asJson(text));
  if (parsed.success) return parsed.data;
  throw problem(synthEnv.set, `expected a JSON object such as {"network":"private"}, got ${text}`);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problem(variable: string, message: string): SynthProblemsError {
  return new SynthProblemsError([{ file: variable, field: '', message }]);
}
