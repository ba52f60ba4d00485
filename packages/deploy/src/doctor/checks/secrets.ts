import { type Check, type Finding, missing, ok, warning } from '../check.ts';
import type { Cloud } from '../../cloud/connect.ts';

/** Secrets that fill the model's variables; only whether they are there, never what is in them. */
export const modelSecrets: Check = {
  name: 'secrets',
  needs: ['secretsmanager:DescribeSecret'],
  run: async ({ cloud, settings }) => {
    const secrets = Object.entries(settings.modelSecrets);
    if (secrets.length === 0) return [];
    return Promise.all(secrets.map(async ([variable, name]) => lookUp(cloud, variable, name)));
  },
};

async function lookUp(cloud: Cloud, variable: string, SecretId: string): Promise<Finding> {
  const { DescribeSecretCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(cloud.clientOptions);
  try {
    const { DeletedDate, VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId }),
    );
    if (DeletedDate !== undefined) {
      const restore = `aws secretsmanager restore-secret --secret-id ${SecretId} --region ${cloud.region}`;
      return missing(`secret ${SecretId} (${variable}) is being deleted`, restore);
    }
    if (Object.values(VersionIdsToStages).flat().includes('AWSCURRENT')) {
      return ok(`secret ${SecretId} fills ${variable}`);
    }
    const put = `aws secretsmanager put-secret-value --secret-id ${SecretId} --secret-string <key> --region ${cloud.region}`;
    return warning(`secret ${SecretId} (${variable}) holds no value`, put);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    const create = `aws secretsmanager create-secret --name ${SecretId} --secret-string <key> --region ${cloud.region}`;
    return missing(`there is no secret ${SecretId}, which should fill ${variable}`, create);
  }
}
