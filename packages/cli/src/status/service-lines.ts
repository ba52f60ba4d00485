import type { ServiceEvent } from '@parley/deploy/services';

/** What happened to a service, as lines for people. */
export function serviceLine(event: ServiceEvent): string {
  const begin = `  ${event.stack}: ${event.service}`;
  switch (event.type) {
    case 'rollout': {
      const { running, wanted, failed, state } = event;
      const stopped = failed === 0 ? '' : `, ${failed} did not stay up`;
      return `${begin}: ${running} of ${wanted} tasks of the new version run${stopped}${state === '' ? '' : ` (${state})`}`;
    }
    case 'service-message':
      return `${begin}: ${event.at.slice(11, 19)} ${event.text}`;
    case 'task-stopped': {
      const { id, reason, containers } = event.task;
      const ends = containers.map(({ name, exitCode, reason: why }) =>
        [name, exitCode === undefined ? 'never started' : `exit code ${exitCode}`, why]
          .filter((part) => part !== '')
          .join(' '),
      );
      return `${begin}: task ${id} stopped: ${[reason, ...ends].filter((part) => part !== '').join('; ')}`;
    }
    case 'running-image':
      return `${begin}: ${event.tasks === 1 ? '1 task runs' : `${event.tasks} tasks run`} image ${event.tag} (${event.digest.slice(0, 19)}), as wanted`;
  }
}
