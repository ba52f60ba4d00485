import type { Deployment, Service } from '@aws-sdk/client-ecs';

/** How a rollout stands. */
export type Rollout =
  | { state: 'going' }
  | { state: 'done' }
  /** Such as `ECS went back to …:6: deployment circuit breaker: tasks failed to start`. */
  | { state: 'failed'; why: string };

/**
 * Judges an ECS service by the task definition that it should run. CloudFormation's word is not enough: it has called
 * stacks complete whose services the circuit breaker had put back to the version before.
 */
export function rolloutOf(service: Service, wanted: string): Rollout {
  const { deployments = [], desiredCount = 0, runningCount = 0 } = service;
  if (service.status !== 'ACTIVE') return failed(`the service is ${service.status ?? 'not there'}`);
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (!primary) return { state: 'going' };
  if (primary.taskDefinition !== wanted) return wentBack(primary, deployments, wanted);
  if (primary.rolloutState === 'FAILED') return failed(primary.rolloutStateReason ?? 'ECS does not say why');
  const isThrough = primary.rolloutState === 'COMPLETED' || primary.rolloutState === undefined;
  return isThrough && runningCount >= desiredCount ? { state: 'done' } : { state: 'going' };
}

function wentBack(primary: Deployment, deployments: readonly Deployment[], wanted: string): Rollout {
  const given = deployments.find(
    ({ taskDefinition, rolloutState }) => taskDefinition === wanted && rolloutState === 'FAILED',
  );
  const why = given?.rolloutStateReason ?? primary.rolloutStateReason ?? '';
  return failed(
    `it runs ${shortName(primary.taskDefinition)} and not ${shortName(wanted)}, which the stack wants` +
      (why === '' ? '' : ` (${why.replace(/\.$/, '')})`),
  );
}

function failed(why: string): Rollout {
  return { state: 'failed', why };
}

/** `family:revision` of a task definition's ARN. */
export function shortName(arn = 'nothing'): string {
  return arn.split('/').at(-1) ?? arn;
}
