import { grantModel } from '@parley/cdk/bedrock-access';
import { HttpService } from '@parley/cdk/http-service';
import { keyOrigins, secretNames } from '@parley/cdk/model-secrets';
import { parleyApp } from '@parley/cdk/parley-app';
import { Registry } from '@parley/cdk/registry';
import { writeParameter } from '@parley/cdk/shared-parameter';
import { env, listenerRules, ssmPath } from '@parley/contract/names';
import { routes } from '@parley/contract/routes';
import { grantInvokeTools } from './tool-access.ts';

/** Runs the agents of a stage and streams their answers. */
export const app = parleyApp(import.meta, (stack) => {
  const { model, budget } = stack.settings;
  const registry = Registry.of(stack);

  const api = new HttpService(stack, 'Api', {
    service: 'inference-api',
    workspace: '@parley/inference-api',
    rule: listenerRules.inferenceApi,
    healthPath: routes.inferenceHealth,
    // The most Fargate gives: open answers are finished rather than cut.
    stopTimeoutSeconds: 120,
    environment: {
      [env.model]: JSON.stringify(model),
      [env.modelKeyOrigins]: JSON.stringify(keyOrigins(stack.settings)),
      [env.budget]: JSON.stringify(budget),
    },
    secrets: secretNames(stack.settings),
  });
  registry.catalog.grantRead(api);
  registry.conversations.grantReadWrite(api);
  registry.attachments.grantRuns(api);
  registry.signIn.grantVerify(api);
  grantInvokeTools(stack, api);
  grantModel(api, model);

  writeParameter(stack, ssmPath.inferenceTaskRole(stack.prefix), api.taskRole.roleArn);
});
