import type { ModelSettings } from '@parley/contract/model';
import { Policy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { ssmPath } from '@parley/contract/names';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Access, Grantee } from './access.ts';
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
function modelAccess(stack: ParleyStack, model: ModelSettings): Access[] {
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

/** Lets a service answer with a model. */
export function grantModel(service: Grantee, model: ModelSettings): void {
  for (const access of modelAccess(ParleyStack.of(service), model)) {
    service.allow(access);
    acknowledgeRegions(service, access);
  }
}

/**
 * Lets the stage's inference service answer with a model that is one agent's own. The permission is part
 * of the agent's stack: it comes and goes with the agent. Undefined when the model needs none.
 */
export function grantOwnModel(scope: Construct, model: ModelSettings): Policy | undefined {
  const stack = ParleyStack.of(scope);
  const accesses = modelAccess(stack, model);
  if (accesses.length === 0) return undefined;
  const roleArn = readParameter(scope, ssmPath.inferenceTaskRole(stack.prefix));
  const policy = new Policy(scope, 'ModelAccess', {
    statements: accesses.map((access) => new PolicyStatement(access)),
    roles: [Role.fromRoleArn(scope, 'InferenceRole', roleArn)],
  });
  for (const access of accesses) acknowledgeRegions(policy, access);
  return policy;
}

/** Says for cdk-nag why a model may be called in every region. */
function acknowledgeRegions(grantee: Construct, { resources: [arn = ''] }: Access): void {
  if (!arn.includes('*')) return;
  acknowledge(grantee, {
    id: `AwsSolutions-IAM5[Resource::${arn}]`,
    reason: 'The profile chooses the region of each call, and the condition lets no other call through.',
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
