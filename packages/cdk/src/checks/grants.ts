import type { Check } from './check.ts';
import { rolePolicies, type Statement } from './policies.ts';
import {
  asList,
  asObject,
  referencesIn,
  resourcesOf,
  textOf,
  valueAt,
  type FoundResource,
  type Template,
} from './template.ts';

/** Code that runs: a function or a task, its environment and what its role may do. */
export interface Runner {
  logicalId: string;
  environment: [name: string, value: unknown][];
  /** Undefined for a role of another stack, whose policies are not seen here. */
  allowed: Statement[] | undefined;
}

/** Resources that code uses through a permission of its role. */
const needGrants = new Set([
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
]);

/** Variables that name a resource of another stack, known only by how they are called. */
const namesResource = /_(TABLE|BUCKET|TOPIC|STREAM)(_NAME|_ARN)?$/;

/** T15: the environment names a resource that the role may not use, so that the first call is denied. */
export const environmentGrants: Check = (template) =>
  runnersOf(template).flatMap(({ logicalId, environment, allowed }) =>
    environment
      .filter(([name, value]) => namesGrantable(template, name, value))
      .filter(([, value]) => allowed && !allowed.some((statement) => isFor(statement, value)))
      .map(([name, value]) => ({
        at: logicalId,
        found: `${name} names ${textOf(value)}, and the role may not use it`,
        expected: 'a permission for what the environment names',
        mend: 'give both in one call: allow({ environment, actions, resources })',
      })),
  );

/** T16: the role may query a table and not its indexes, which have ARNs of their own. */
export const indexGrants: Check = (template) => {
  const indexed = resourcesOf(template, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').filter(
    ({ properties }) =>
      asList(properties['GlobalSecondaryIndexes']).length +
        asList(properties['LocalSecondaryIndexes']).length >
      0,
  );
  return runnersOf(template).flatMap((runner) => {
    const queries = (runner.allowed ?? []).filter(({ actions }) =>
      actions.some((action) => /^dynamodb:(Query|Scan|\*)$/.test(action)),
    );
    return [...ownTablesQueried(queries, indexed), ...variablesOfIndexes(runner, queries)].map((what) => ({
      at: runner.logicalId,
      found: `its role may query ${what} and not the index`,
      expected: 'a permission for the ARN of the table followed by "/index/*"',
      mend: 'add that ARN to the resources of the grant',
    }));
  });
};

/** Tables of the stack with indexes that the statements reach without them. */
function ownTablesQueried(queries: Statement[], indexed: FoundResource[]): string[] {
  return indexed
    .map(({ logicalId }) => logicalId)
    .filter((table) => {
      const arns = queries
        .flatMap(({ resources }) => resources)
        .filter((arn) => referencesIn(arn).has(table));
      return arns.length > 0 && !arns.some((arn) => textOf(arn).includes('/index/'));
    });
}

/** Indexes that the environment names, of tables of other stacks, when no statement reaches any. */
function variablesOfIndexes({ environment, allowed }: Runner, queries: Statement[]): string[] {
  if (!allowed || queries.some(({ resources }) => resources.some((arn) => textOf(arn).includes('/index/'))))
    return [];
  return environment
    .filter(([name]) => /_INDEX(_NAME)?$/.test(name))
    .map(([name]) => `the table of the index in ${name}`);
}

export function runnersOf(template: Template): Runner[] {
  const policies = rolePolicies(template);
  const allowedFor = (role: unknown): Statement[] | undefined => {
    const id = asList(valueAt(role, 'Fn::GetAtt'))[0];
    if (typeof id !== 'string') return undefined;
    return policies
      .filter(({ roles }) => roles.includes(`{${id}}`))
      .flatMap(({ statements }) => statements)
      .filter(({ effect }) => effect === 'Allow');
  };
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(({ logicalId, properties }) => ({
    logicalId,
    environment: Object.entries(asObject(valueAt(properties, 'Environment.Variables'))),
    allowed: allowedFor(properties['Role']),
  }));
  const tasks = resourcesOf(template, 'AWS::ECS::TaskDefinition').map(({ logicalId, properties }) => ({
    logicalId,
    environment: asList(properties['ContainerDefinitions'])
      .flatMap((container) => asList(asObject(container)['Environment']))
      .map((each): [string, unknown] => [textOf(asObject(each)['Name']), asObject(each)['Value']]),
    allowed: allowedFor(properties['TaskRoleArn']),
  }));
  return [...functions, ...tasks];
}

function namesGrantable(template: Template, name: string, value: unknown): boolean {
  const own = [...referencesIn(value)].some((id) => needGrants.has(template.Resources?.[id]?.Type ?? ''));
  return own || namesResource.test(name);
}

/** Whether a statement is for what a variable names: by the same reference, or by the name in its ARN. */
function isFor({ resources }: Statement, value: unknown): boolean {
  const named = [...referencesIn(value)];
  return resources.some((arn) => {
    if (arn === '*') return true;
    if (named.length > 0) return named.some((id) => referencesIn(arn).has(id));
    return textOf(arn).includes(textOf(value));
  });
}
