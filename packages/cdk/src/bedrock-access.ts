import type { ModelSettings } from '@parley/contract/model';
import { Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { ssmPath } from '@parley/contract/names';
import type { Construct } from 'constructs';
import type { Access } from './access.ts';
import { ParleyStack } from './parley-stack.ts';
import { readParameter } from './shared-parameter.ts';

type BedrockSettings = Extract<ModelSettings, { provider: 'bedrock' }>;

/** ConverseStream is the only operation the agents use; this is the permission it asks for. */
const actions = ['bedrock:InvokeModelWithResponseStream'];

/**
 * Id of a profile that spreads calls over regions: `eu.anthropic.claude-sonnet-4-6`. No provider of
 * models has a name of two letters.
 */
const crossRegionProfile = /^(?:[a-z]{2}(?:-gov)?|apac|global)\.(.+)$/;

/**
 * What answers of this model, and of no other, need; nothing for a model outside Bedrock. An inference
 * profile needs the models behind it too, in every region it sends calls to, but only through itself.
 */
export function modelAccess(stack: ParleyStack, model: ModelSettings): Access[] {
  if (model.provider !== 'bedrock') return [];
  const invoked = { actions, resources: [invokedArn(stack, model)] };
  const behind = modelBehind(model.modelId);
  if (behind === undefined) return [invoked];
  return [
    invoked,
    {
      actions,
      resources: [modelArn(stack, '*', behind)],
      conditions: { StringEquals: { 'bedrock:InferenceProfileArn': invoked.resources[0] } },
    },
  ];
}

/**
 * Lets the stage's inference service answer with a model that is one agent's own. The permission is part
 * of the agent's stack: it comes and goes with the agent. Undefined when the model needs none.
 */
export function grantOwnModel(scope: Construct, model: ModelSettings): Policy | undefined {
  const stack = ParleyStack.of(scope);
  const statements = modelAccess(stack, model).map((access) => new PolicyStatement(access));
  if (statements.length === 0) return undefined;
  const roleArn = readParameter(scope, ssmPath.inferenceTaskRole(stack.prefix));
  return new Policy(scope, 'ModelAccess', {
    statements,
    roles: [Role.fromRoleArn(scope, 'InferenceRole', roleArn)],
  });
}

function invokedArn(stack: ParleyStack, { modelId, region }: BedrockSettings): string {
  if (modelId.startsWith('arn:')) return modelId;
  return crossRegionProfile.test(modelId)
    ? stack.formatArn({
        service: 'bedrock',
        region: region ?? stack.region,
        resource: 'inference-profile',
        resourceName: modelId,
      })
    : modelArn(stack, region ?? stack.region, modelId);
}

function modelArn(stack: ParleyStack, region: string, name: string): string {
  return stack.formatArn({
    service: 'bedrock',
    region,
    account: '',
    resource: 'foundation-model',
    resourceName: name,
  });
}

/** Name of the models that a profile sends calls to: `*` for a profile of one's own, which does not say. */
function modelBehind(modelId: string): string | undefined {
  const [, kind, name] = /^arn:[^:]+:bedrock:[^:]*:[^:]*:([^/]+)\/(.+)$/.exec(modelId) ?? [];
  if (kind === 'application-inference-profile') return '*';
  return crossRegionProfile.exec(kind === 'inference-profile' ? (name ?? '') : modelId)?.[1];
}
