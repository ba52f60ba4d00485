import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { type StageArguments, commandLine } from '../command-line.ts';
import { DeployError } from '../errors.ts';
import type { StoppedTask } from './events.ts';
import { lastLines } from './last-lines.ts';
import type { LiveService } from './live-services.ts';
import { stoppedTasks } from './stopped-tasks.ts';

/** How many stopped tasks are told; the latest have the same reason as those before, as a rule. */
const tasksShown = 2;

/** A rollout that failed: why, the tasks that stopped, the last they logged, and what to do. */
export async function rolloutFailure(
  cloud: Cloud,
  prefix: Prefix,
  run: StageArguments,
  live: LiveService,
  failure: { code: string; why: string },
): Promise<DeployError> {
  const { service, cluster, arn, wanted } = live;
  const tasks = (await stoppedTasks(cloud, live, live.wanted)).slice(0, tasksShown);
  const told = await Promise.all(tasks.map((task) => taskLines(cloud, prefix, live, task)));
  const message = [`${service} did not roll out: ${failure.why.replace(/\.$/, '')}.`, ...told.flat()].join(
    '\n',
  );
  return new DeployError(failure.code, message, {
    nextStep:
      `Mend that and deploy again, or go back to the image before: ${commandLine(`rollback ${service}`, run)}. ` +
      `More of its log: ${commandLine(`logs ${service} --since 1h`, run)}. ` +
      // CloudFormation has the task definition that failed, and would find nothing to change.
      `To try the same image again: aws ecs update-service --cluster ${cluster} --service ${arn} --task-definition ${wanted} --region ${cloud.region}`,
  });
}

async function taskLines(
  cloud: Cloud,
  prefix: Prefix,
  { service }: LiveService,
  task: StoppedTask,
): Promise<string[]> {
  const containers = await Promise.all(
    task.containers.map(async ({ name, exitCode, reason }) => {
      const { lines, stream } = await lastLines(cloud, prefix, { service, container: name, task: task.id });
      const ended = exitCode === undefined ? 'never started' : `ended with exit code ${exitCode}`;
      return [
        `    ${name} ${ended}${reason === '' ? '' : `: ${reason}`}`,
        lines.length === 0 ? '    It logged nothing.' : `    The last it logged (${stream}):`,
        ...lines.map((line) => `      ${line.replaceAll('\n', '\n      ')}`),
      ];
    }),
  );
  return [
    `  task ${task.id} stopped${at(task)}: ${task.reason || 'ECS does not say why'}`,
    ...containers.flat(),
  ];
}

function at({ at: time }: StoppedTask): string {
  return time === '' ? '' : ` at ${time.slice(0, 19).replace('T', ' ')} UTC`;
}
