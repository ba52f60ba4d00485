import { type Prefix, serviceLogGroup } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** Which log stream the awslogs driver gives to a container of a task. */
export function logStream(service: string, container: string, task: string): string {
  return `${service}/${container}/${task}`;
}

export interface LastLines {
  group: string;
  stream: string;
  /** Oldest first; none when the container logged nothing. */
  lines: string[];
}

/** The last lines that a container of a task logged. */
export async function lastLines(
  cloud: Cloud,
  prefix: Prefix,
  { service, container, task }: { service: string; container: string; task: string },
  limit = 20,
): Promise<LastLines> {
  const { GetLogEventsCommand, ResourceNotFoundException } = await import('@aws-sdk/client-cloudwatch-logs');
  const group = serviceLogGroup(prefix, service);
  const stream = logStream(service, container, task);
  const client = await cloud.logs();
  try {
    const { events = [] } = await client.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, startFromHead: false, limit }),
    );
    return { group, stream, lines: events.map(({ message = '' }) => message.trimEnd()) };
  } catch (error) {
    // A container that never started has no stream.
    if (error instanceof ResourceNotFoundException) return { group, stream, lines: [] };
    throw error;
  }
}
