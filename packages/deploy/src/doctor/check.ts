import type { ModelSettings } from '@parley/contract/model';
import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** What a deploy to a stage needs, as the stage's settings have it. */
export interface DoctorSettings {
  region: string;
  account?: string | undefined;
  network: string;
  model: ModelSettings;
  modelSecrets: Readonly<Record<string, string>>;
  site?: { domain?: string | undefined; certificateArn?: string | undefined } | undefined;
}

export interface DoctorInput {
  cloud: Cloud;
  /** Absolute folder of the workspace. */
  root: string;
  stage: string;
  prefix: Prefix;
  settings: DoctorSettings;
  /** Fargate's processors when every service runs as many tasks as it may. */
  vCpusMax: number;
}

/** One thing that was looked at. */
export interface Finding {
  /** `missing`: a deploy would fail. `warning`: it may. `unknown`: it could not be looked at. */
  status: 'ok' | 'missing' | 'warning' | 'unknown';
  /** One sentence. */
  what: string;
  /** Command or step that mends it. */
  mend?: string | undefined;
}

/** Looks at one thing, without regard to the others. What it throws means that it could not be looked at. */
export interface Check {
  /** Such as `bootstrap`. */
  name: string;
  /** IAM actions it takes. */
  needs: readonly string[];
  run(input: DoctorInput): Promise<Finding[]>;
}

export function ok(what: string): Finding {
  return { status: 'ok', what };
}

export function missing(what: string, mend: string): Finding {
  return { status: 'missing', what, mend };
}

export function warning(what: string, mend: string): Finding {
  return { status: 'warning', what, mend };
}
