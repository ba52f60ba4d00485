import type { Cloud } from '../../cloud/connect.ts';
import type { StageService } from '../stage-services.ts';

/** What the load balancer says of a service's tasks. */
export interface TargetHealth {
  healthy: number;
  /** Targets that are not being taken out. */
  total: number;
  /** Why some are not healthy, such as `unhealthy: Health checks failed with these codes: [503]`; each once. */
  reasons: string[];
}

/** Health of all targets of a service; undefined when no load balancer sends it anything. */
export async function targetHealth(
  cloud: Cloud,
  { state: { loadBalancers = [] } }: StageService,
): Promise<TargetHealth | undefined> {
  const groups = loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  if (groups.length === 0) return undefined;
  const { DescribeTargetHealthCommand } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const client = await cloud.elb();
  const answers = await Promise.all(
    groups.map((TargetGroupArn) => client.send(new DescribeTargetHealthCommand({ TargetGroupArn }))),
  );
  const states = answers
    .flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions)
    .flatMap(({ TargetHealth: health }) => (health && health.State !== 'draining' ? [health] : []));
  const unwell = states.filter(({ State }) => State !== 'healthy');
  return {
    healthy: states.length - unwell.length,
    total: states.length,
    reasons: [
      ...new Set(
        unwell.map(({ State = '', Description = '', Reason = '' }) => `${State}: ${Description || Reason}`),
      ),
    ],
  };
}
