import type { StageService } from '../stage-services.ts';
import type { TargetHealth } from './target-health.ts';

/** How one service of a stage is. */
export interface ServiceStatus {
  service: string;
  /** Tag of the image it runs. */
  image?: string;
  running: number;
  wanted: number;
  pending: number;
  /** ECS's word for its last rollout, such as `COMPLETED`; empty while ECS has not said. */
  rollout: string;
  targets?: TargetHealth;
  healthy: boolean;
  /** What is wrong, each as a sentence without a full stop. */
  problems: string[];
}

export function serviceStatus(
  { service, tag, state }: StageService,
  targets: TargetHealth | undefined,
): ServiceStatus {
  const { runningCount = 0, desiredCount = 0, pendingCount = 0, deployments = [] } = state;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const problems = [
    ...(runningCount < desiredCount ? [`${runningCount} of ${desiredCount} tasks run`] : []),
    ...(primary?.rolloutState === 'FAILED'
      ? [`its rollout failed: ${primary.rolloutStateReason?.replace(/\.$/, '') ?? 'ECS does not say why'}`]
      : []),
    ...(desiredCount > 0 && targets ? targetProblems(targets) : []),
  ];
  return {
    service,
    ...(tag === undefined ? {} : { image: tag }),
    running: runningCount,
    wanted: desiredCount,
    pending: pendingCount,
    rollout: primary?.rolloutState ?? '',
    ...(targets ? { targets } : {}),
    healthy: problems.length === 0,
    problems,
  };
}

function targetProblems({ healthy, total, reasons }: TargetHealth): string[] {
  if (total === 0) return ['no task is registered with the load balancer'];
  return healthy === total ? [] : [`${healthy} of ${total} targets are healthy (${reasons.join('; ')})`];
}
