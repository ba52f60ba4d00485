import type { DeployOptions } from '@parley/deploy/engine';
import type { Plan } from '@parley/deploy/plan';

/** What a deploy does besides CloudFormation's part. */
export function engineHelpers({ prefix, input }: Plan): Pick<DeployOptions, 'pushImages'> {
  return {
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
