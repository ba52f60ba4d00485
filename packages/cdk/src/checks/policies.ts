import { asList, asObject, resourcesOf, textOf, valueAt, type Template } from './template.ts';

export interface Statement {
  effect: string;
  actions: string[];
  resources: unknown[];
  principals: unknown;
  isConditional: boolean;
}

/** A policy of roles of the stack: what their code may do. */
export interface RolePolicy {
  /** Logical id of the resource that holds the policy. */
  logicalId: string;
  /** Roles it is for, as CloudFormation names them: `{Role1234}`. */
  roles: string[];
  statements: Statement[];
}

/** Policies that say what roles, users and groups may do. */
export function rolePolicies(template: Template): RolePolicy[] {
  const attached = resourcesOf(
    template,
    'AWS::IAM::Policy',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::RolePolicy',
  ).map(({ logicalId, properties }) => ({
    logicalId,
    roles: [...asList(properties['Roles']), ...asList(properties['RoleName'])].map(textOf),
    statements: statementsOf(properties['PolicyDocument']),
  }));
  const inline = resourcesOf(template, 'AWS::IAM::Role').map(({ logicalId, properties }) => ({
    logicalId,
    roles: [`{${logicalId}}`],
    statements: asList(properties['Policies']).flatMap((policy) =>
      statementsOf(asObject(policy)['PolicyDocument']),
    ),
  }));
  return [...attached, ...inline];
}

/** Policies of resources, which say who may use them, and of roles, which say who may assume them; by where they stand. */
const resourcePolicies: Record<string, string> = {
  'AWS::ECR::Repository': 'RepositoryPolicyText',
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
};

/** Statements of a resource's own policy. */
export function resourceStatements(template: Template): { logicalId: string; statement: Statement }[] {
  return resourcesOf(template, ...Object.keys(resourcePolicies)).flatMap(({ logicalId, type, properties }) =>
    statementsOf(valueAt(properties, resourcePolicies[type] ?? '')).map((statement) => ({
      logicalId,
      statement,
    })),
  );
}

function statementsOf(document: unknown): Statement[] {
  return asList(asObject(document)['Statement']).map((statement) => {
    const { Effect, Action, Resource, Principal, Condition } = asObject(statement);
    return {
      effect: textOf(Effect),
      actions: asList(Action).map(textOf),
      resources: asList(Resource),
      principals: Principal,
      isConditional: Condition !== undefined,
    };
  });
}
