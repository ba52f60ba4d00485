import { Command } from 'commander';
import { prefixOf } from '@parley/contract/names';
import type { DoctorInput } from '@parley/deploy/doctor';
import { doctorLines } from '../status/doctor-lines.ts';
import { readSettings } from '../deploy/plan-input.ts';
import { printableLine } from '../printable.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';
import { readWorkspace, workspaceRoot } from '../workspace.ts';

interface DoctorOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
}

/** `parley doctor`: what a deploy to a stage needs, and what of it is missing. Changes nothing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look whether a stage can be deployed: what is missing, and the command that mends it')
    .addOption(stageOption('the stage that is to be deployed'))
    .addOption(setOption())
    .option('--json', 'print one JSON object, for programs')
    .action(doctor);
}

async function doctor({ json, ...options }: DoctorOptions): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`  (${line})\n`);
  const input = await doctorInput({ ...options, note });
  const { examine, isFit } = await import('@parley/deploy/doctor');
  const findings = await examine(input);
  const { stage, prefix, cloud } = input;
  const fit = isFit(findings);
  if (json) {
    process.stdout.write(`${JSON.stringify({ stage, prefix, region: cloud.region, fit, findings })}\n`);
  } else {
    for (const line of doctorLines(input, findings, options.set))
      process.stdout.write(`${printableLine(line)}\n`);
  }
  process.exit(fit ? 0 : 1); // a check that found no answer in time still waits for one
}

/** What the examination of a stage is about, as parley.config.ts and `--set` have it. */
export async function doctorInput(
  options: Pick<DoctorOptions, 'stage' | 'set'> & { note(line: string): void },
): Promise<DoctorInput> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  const [{ project, values }, { connect }, { sizes }, { secretNames }] = await Promise.all([
    readSettings(workspace, options),
    import('@parley/deploy/cloud'),
    import('@parley/cdk/sizes'),
    import('@parley/cdk/model-secrets'),
  ]);
  const { cpu, maxTasks } = sizes[values.size];
  return {
    cloud: connect({ region: values.region, maxAttempts: 2 }),
    root: workspace.root,
    stage: options.stage,
    prefix: prefixOf(project, options.stage),
    settings: { ...values, modelSecrets: secretNames(values) },
    vCpusMax: (serviceCount * maxTasks * cpu) / 1024,
  };
}

/** registry-api and inference-api; chat apps with containers of their own come on top. */
const serviceCount = 2;
