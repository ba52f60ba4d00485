import { prefixOf } from '@parley/contract/names';
import { setFlags } from '@parley/deploy/command-line';
import type { DoctorInput } from '@parley/deploy/doctor';
import { deploy } from '../commands/deploy.ts';
import { doctorInput } from '../commands/doctor.ts';
import { doctorLines } from '../status/doctor-lines.ts';
import { UserError } from '../errors.ts';
import { printableLine } from '../printable.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { knownStages, type KnownStages } from './known-stages.ts';

interface CreateOptions {
  set: SetOptions;
  yes?: boolean;
  json?: boolean;
}

/** `parley stage create <name>`: the name, the doctor, then a deploy of everything. */
export async function createStage(stage: string, { set, yes, json }: CreateOptions): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`  (${printableLine(line)})\n`);
  const input = await doctorInput({ stage, set, note });
  const known = await knownStages(note, [input.cloud.region]);
  await refuseSharedNames(stage, known);
  sayWhatIsThere(stage, known, note);
  if (!(await isExamined(input, set, json ?? false, note))) return;
  await deploy([], {
    stage,
    set,
    acknowledge: [],
    limit: 5,
    ...(yes === undefined ? {} : { yes }),
    ...(json === undefined ? {} : { json }),
  });
  if (process.exitCode === undefined || process.exitCode === 0) sayWhatKeepsIt(stage, set, known, note);
}

/** A stack `eu-registry` of stage `dev` would have the names of `registry` of stage `dev-eu`. */
async function refuseSharedNames(stage: string, { workspace, project, stages }: KnownStages): Promise<void> {
  const { sharedNames } = await import('@parley/deploy/stages');
  const stacks = workspace.packages.flatMap(({ stack }) => stack ?? []);
  const others = stages.map((each) => prefixOf(project, each.stage));
  const [shared] = sharedNames(prefixOf(project, stage), others, stacks);
  if (!shared) return;
  throw new UserError(
    `Stage "${stage}" would have a stack ${shared.stack}, which is a stack of ${shared.other} too: choose another name.`,
  );
}

function sayWhatIsThere(stage: string, { stages }: KnownStages, note: (line: string) => void): void {
  const found = stages.find((each) => each.stage === stage)?.found;
  if (!found) return;
  if (found.stacks.length > 0) {
    note(
      `stage "${stage}" has ${found.stacks.length} stacks already: what is missing or changed is deployed`,
    );
  }
  const logs = found.left.filter(({ kind }) => kind === 'log group');
  const data = found.left.filter(({ kind }) => kind !== 'log group' && kind !== 'other' && kind !== 'images');
  if (logs.length > 0) note(`${logs.length} log groups of an earlier stage of this name are taken over`);
  for (const { kind, name } of data) {
    note(`${kind} ${name} of an earlier stage of this name stays as it is, and is not used`);
  }
}

/** @returns whether a deploy can be begun */
async function isExamined(
  input: DoctorInput,
  set: SetOptions,
  json: boolean,
  note: (line: string) => void,
): Promise<boolean> {
  const { examine, isFit } = await import('@parley/deploy/doctor');
  const findings = await examine(input);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'doctor', findings })}\n`);
  else for (const line of doctorLines(input, findings, set)) process.stdout.write(`${printableLine(line)}\n`);
  if (isFit(findings)) return true;
  note('nothing was deployed');
  process.exitCode = 1;
  return false;
}

/** A later deploy knows only what stands in the file. */
function sayWhatKeepsIt(
  stage: string,
  set: SetOptions,
  { stages }: KnownStages,
  note: (line: string) => void,
): void {
  const isConfigured = stages.some((each) => each.stage === stage && each.isConfigured);
  if (Object.keys(set).length > 0) {
    note(
      `write the settings into parley.config.ts, under stages: "${stage}"; or say ${setFlags(set).join(' ')} at each plan and deploy`,
    );
  } else if (!isConfigured) {
    note(
      `stage "${stage}" has the defaults; to give it settings of its own, name it under stages in parley.config.ts`,
    );
  }
}
