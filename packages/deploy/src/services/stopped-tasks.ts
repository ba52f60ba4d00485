import type { Task } from '@aws-sdk/client-ecs';
import type { Cloud } from '../cloud/connect.ts';
import type { StoppedTask } from './events.ts';
import type { LiveService } from './live-services.ts';

/** Greatest number of tasks that DescribeTasks takes. */
const batchSize = 100;

/** The tasks of a service that ECS still knows. Stopped ones are forgotten about an hour after their end. */
export async function readTasks(
  cloud: Cloud,
  { cluster, arn }: Pick<LiveService, 'cluster' | 'arn'>,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<Task[]> {
  const { DescribeTasksCommand, paginateListTasks } = await import('@aws-sdk/client-ecs');
  const client = await cloud.ecs();
  const serviceName = arn.split('/').at(-1) ?? arn;
  const tasks: Task[] = [];
  for await (const page of paginateListTasks(
    { client, pageSize: batchSize },
    { cluster, serviceName, desiredStatus },
  )) {
    const arns = page.taskArns ?? [];
    if (arns.length === 0) continue;
    tasks.push(...((await client.send(new DescribeTasksCommand({ cluster, tasks: arns }))).tasks ?? []));
  }
  return tasks;
}

/** The tasks of a version that did not stay up, the latest first. */
export async function stoppedTasks(
  cloud: Cloud,
  service: LiveService,
  taskDefinition: string,
): Promise<StoppedTask[]> {
  const tasks = await readTasks(cloud, service, 'STOPPED');
  return tasks
    .filter((task) => task.taskDefinitionArn === taskDefinition && !isScaling(task))
    .map(stoppedTask)
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

function stoppedTask({ taskArn = '', stoppedAt, stoppingAt, stoppedReason = '', containers = [] }: Task) {
  return {
    id: taskArn.split('/').at(-1) ?? taskArn,
    at: (stoppedAt ?? stoppingAt)?.toISOString() ?? '',
    reason: stoppedReason,
    containers: containers.map(({ name = '', exitCode, reason = '' }) => ({ name, exitCode, reason })),
  };
}

/** A task that was one too many did not fail. */
function isScaling({ stoppedReason = '' }: Task): boolean {
  return stoppedReason.startsWith('Scaling activity');
}
