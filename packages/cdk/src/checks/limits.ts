import type { Check, CheckContext, Finding } from './check.ts';
import { asList, asObject, resourcesOf, stringsIn, textOf, type Template } from './template.ts';

/** Share of a limit that may be used: the rest is for the day on which something urgent has to be added. */
const headroom = 0.8;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const templateLimits: { what: string; limit: number; count: (t: Template, c: CheckContext) => number }[] = [
  { what: 'resources', limit: 500, count: ({ Resources }) => Object.keys(Resources ?? {}).length },
  { what: 'parameters', limit: 200, count: ({ Parameters }) => Object.keys(Parameters ?? {}).length },
  { what: 'outputs', limit: 200, count: ({ Outputs }) => Object.keys(Outputs ?? {}).length },
  { what: 'mappings', limit: 200, count: ({ Mappings }) => Object.keys(Mappings ?? {}).length },
  { what: 'bytes', limit: 1_000_000, count: (_, { templateBytes }) => templateBytes },
];

/** T27: a template that comes near a limit of CloudFormation. */
export const templateSize: Check = (template, context) =>
  templateLimits.flatMap(({ what, limit, count }) =>
    nearLimit('', `the template has`, count(template, context), limit, what),
  );

/** Of all variables of a Lambda function: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const lambdaEnvironmentBytes = 4_096;
const variablesMax = 50;
/** What a reference may grow to: most are an ARN or a name. */
const referenceBytes = 100;

/** T27: more environment than Lambda or a container takes. */
export const environmentSize: Check = (template) => [
  ...resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ logicalId, properties }) => {
    const variables = asObject(asObject(properties['Environment'])['Variables']);
    return [
      ...nearLimit(logicalId, 'it has', Object.keys(variables).length, variablesMax, 'environment variables'),
      ...nearLimit(
        logicalId,
        'its environment has',
        environmentBytes(variables),
        lambdaEnvironmentBytes,
        'bytes',
      ),
    ];
  }),
  ...resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(({ logicalId, properties }) =>
    asList(properties['ContainerDefinitions']).flatMap((container) => {
      const { Name, Environment, Secrets } = asObject(container);
      const count = asList(Environment).length + asList(Secrets).length;
      return nearLimit(
        logicalId,
        `its container "${String(Name)}" has`,
        count,
        variablesMax,
        'environment variables',
      );
    }),
  ),
];

function environmentBytes(variables: Record<string, unknown>): number {
  const texts = Object.entries(variables).map(([name, value]) => {
    const references = [...stringsIn(value)].filter(({ path }) => path.includes('Ref')).length;
    return name + textOf(value) + 'x'.repeat(references * referenceBytes);
  });
  return Buffer.byteLength(texts.join(''));
}

function nearLimit(at: string, has: string, count: number, limit: number, what: string): Finding[] {
  const most = Math.floor(limit * headroom);
  if (count <= most) return [];
  return [
    {
      at,
      found: `${has} ${count} ${what}`,
      expected: `at most ${most}, which leaves room below AWS's limit of ${limit}`,
      mend:
        at === ''
          ? 'move a part of it to a stack of its own'
          : 'keep settings in one variable of JSON, a parameter or a file',
    },
  ];
}
