import { ImageError } from '../errors.ts';

/** What pushing and selecting images asks of AWS. */
export const actionsNeeded = [
  'ecr:GetAuthorizationToken',
  'ecr:DescribeRepositories',
  'ecr:CreateRepository',
  'ecr:TagResource',
  'ecr:GetLifecyclePolicy',
  'ecr:PutLifecyclePolicy',
  'ecr:DescribeImages',
  'ecr:BatchGetImage',
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
  'ssm:GetParameter',
  'ssm:PutParameter',
  'ssm:AddTagsToResource',
] as const;

/** Runs a step; when AWS refuses it for want of a permission, says which permissions images take. */
export async function withRefusalsExplained<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Error) || !error.name.startsWith('AccessDenied')) throw error;
    throw new ImageError(
      'registry-refused',
      `${error.message}\nWhoever deploys images needs: ${actionsNeeded.join(', ')}.`,
      { cause: error },
    );
  }
}
