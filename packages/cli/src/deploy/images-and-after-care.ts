import type { DeployOptions } from '@parley/deploy/engine';
import type { Plan } from '@parley/deploy/plan';

/** What a deploy does besides CloudFormation's part. */
export function imagesAndAfterCare({
  stage,
  prefix,
  input,
}: Plan): Pick<DeployOptions, 'pushImages' | 'afterCare'> {
  return {
    afterCare: async ({ assembly }, report, signal) => {
      const { afterCare } = await import('@parley/deploy/services');
      await afterCare(input.cloud, { prefix, stage, set: input.set, assembly, signal }, report);
    },
    pushImages: async ({ stack, assembly }, report, signal) => {
      const [{ pushImages }, { workspaceImages }] = await Promise.all([
        import('@parley/image/push-images'),
        import('./workspace-images.ts'),
      ]);
      const services = await workspaceImages({ ...input, assemblies: [assembly] });
      await pushImages({
        cloud: input.cloud,
        prefix,
        services,
        signal,
        report: ({ service, tag, state }) =>
          report({ type: 'stack', stack, state: 'images', detail: `image ${service} ${tag}: ${state}` }),
      });
    },
  };
}
