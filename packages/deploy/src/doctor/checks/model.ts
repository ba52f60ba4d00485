import type { BedrockClient } from '@aws-sdk/client-bedrock';
import { type ModelSettings, modelLabel } from '@parley/contract/model';
import { type Check, type Finding, missing, ok, warning } from '../check.ts';

/** Id of an inference profile that AWS offers: `eu.anthropic.claude-sonnet-4-6`. */
const offeredProfile = /^(?:[a-z]{2}(?:-gov)?|apac|global)\.(.+)$/;

/** Whether the stage's model can be asked. Asks no model anything: nothing is paid for. */
export const model: Check = {
  name: 'model',
  needs: ['bedrock:GetFoundationModelAvailability', 'bedrock:GetInferenceProfile'],
  run: async ({ cloud, settings: { model: wanted } }) => {
    switch (wanted.provider) {
      case 'demo':
        return [ok('demo: built in, no language model (parley.config.ts says which other there are)')];
      case 'bedrock':
        return bedrockAccess(wanted, wanted.region ?? cloud.region, cloud.clientOptions);
      default:
        return [ok(`${modelLabel(wanted)}: asked by services over the internet; not tried from here`)];
    }
  },
};

async function bedrockAccess(
  { modelId }: Extract<ModelSettings, { provider: 'bedrock' }>,
  region: string,
  options: object,
): Promise<Finding[]> {
  const { BedrockClient: Client } = await import('@aws-sdk/client-bedrock');
  const client = new Client({ ...options, region });
  const profile = offeredProfile.exec(modelId)?.[1] ?? isProfileArn(modelId);
  const behind = profile ? await modelsBehind(client, modelId) : [modelId];
  if (behind === undefined) {
    return [
      missing(
        `${region} has no inference profile ${modelId}`,
        `aws bedrock list-inference-profiles --region ${region} --query 'inferenceProfileSummaries[].inferenceProfileId'`,
      ),
    ];
  }
  return Promise.all(behind.map(async (id) => availability(client, id, region)));
}

function isProfileArn(modelId: string): boolean {
  return /^arn:[^:]+:bedrock:.*:(application-)?inference-profile\//.test(modelId);
}

/** Ids of the models that a profile sends calls to; undefined when there is no such profile. */
async function modelsBehind(client: BedrockClient, profile: string): Promise<string[] | undefined> {
  const { GetInferenceProfileCommand } = await import('@aws-sdk/client-bedrock');
  try {
    const { models = [] } = await client.send(
      new GetInferenceProfileCommand({ inferenceProfileIdentifier: profile }),
    );
    return [...new Set(models.flatMap(({ modelArn }) => modelArn?.split('/').at(-1) ?? []))];
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function availability(client: BedrockClient, id: string, region: string): Promise<Finding> {
  const { GetFoundationModelAvailabilityCommand } = await import('@aws-sdk/client-bedrock');
  const modelId = id.split('/').at(-1) ?? id;
  const answer = await client.send(new GetFoundationModelAvailabilityCommand({ modelId }));
  const { regionAvailability, authorizationStatus, entitlementAvailability, agreementAvailability } = answer;
  if (regionAvailability === 'NOT_AVAILABLE') {
    return missing(
      `Bedrock does not offer ${modelId} in ${region}`,
      'Name another model, a profile (`eu.…`, `us.…`, `global.…`) or another `model.region` in parley.config.ts.',
    );
  }
  if (authorizationStatus === 'NOT_AUTHORIZED' || entitlementAvailability === 'NOT_AVAILABLE') {
    const page = `https://${region}.console.aws.amazon.com/bedrock/home?region=${region}#/modelaccess`;
    return missing(`the account has no access to ${modelId} of Bedrock in ${region}`, `Ask for it: ${page}`);
  }
  if (agreementAvailability && agreementAvailability.status !== 'AVAILABLE') {
    const offers = `aws bedrock list-foundation-model-agreement-offers --model-id ${modelId} --region ${region}`;
    return warning(
      `the account has not agreed to the terms of ${modelId} (${agreementAvailability.status})`,
      `${offers}, then aws bedrock create-foundation-model-agreement; some models agree by themselves at the first call.`,
    );
  }
  return ok(`${modelId} of Bedrock can be asked in ${region}`);
}
