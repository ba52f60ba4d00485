import type { AgentDefinition } from '@parley/contract/agent';
import { describeIssues, type Problem } from '@parley/contract/issues';
import {
  definitionSchemas,
  registrationProperties,
  registrationTypes,
  type RegistrationKind,
} from '@parley/contract/registration';
import type { Prefix } from '@parley/contract/names';
import type { Definition } from '@parley/store/catalog';
import type { z } from 'zod';
import { RegistrationRefusedError } from './errors.ts';

/** What a create or update asks to be registered, checked against the contract. */
export interface Wanted {
  kind: RegistrationKind;
  id: string;
  definition: Definition;
  toolCode: Record<string, string>;
}

export interface WantedOptions {
  resourceType: string;
  properties: unknown;
  /** The registrar's own stage. */
  prefix: Prefix;
  /** ARN of the registrar: tools must be of its account and region. */
  functionArn: string | undefined;
}

/** Reads what is to be registered. Throws `RegistrationRefusedError` with a line per problem. */
export function readWanted({ resourceType, properties, prefix, functionArn }: WantedOptions): Wanted {
  const kind = kindOf(resourceType);
  const { Stage, Definition: text, ToolCode: toolCode } = parse(registrationProperties, properties, '');
  if (Stage !== prefix) {
    const message = `this registrar is of "${prefix}", the registration is for "${Stage}": deploy the stack with that stage's registry`;
    throw new RegistrationRefusedError([{ field: 'Stage', message }]);
  }
  const definition = parse(definitionSchemas[kind], parseJson(text), 'Definition');
  if ('tools' in definition) requireReachableTools(definition, functionArn);
  return { kind, id: definition.id, definition, toolCode };
}

/** The kind and id a broken or unanswered registration was about, if that can be told. */
export function identify(
  resourceType: string,
  properties: unknown,
): { kind: RegistrationKind; id: string } | undefined {
  try {
    const kind = kindOf(resourceType);
    const { Definition: text } = properties as { Definition: string };
    const { id } = JSON.parse(text) as { id: unknown };
    return { kind, id: definitionSchemas[kind].shape.id.parse(id) };
  } catch {
    return undefined;
  }
}

function kindOf(resourceType: string): RegistrationKind {
  if (resourceType === registrationTypes.agent) return 'agent';
  if (resourceType === registrationTypes.app) return 'app';
  const expected = Object.values(registrationTypes).join(' or ');
  throw new RegistrationRefusedError([
    {
      field: 'ResourceType',
      message: `expected ${expected}, got ${JSON.stringify(resourceType.slice(0, 80))}`,
    },
  ]);
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown, within: string): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = describeIssues(result.error, input);
  throw new RegistrationRefusedError(
    problems.map(({ field, message }) => ({ field: [within, field].filter(Boolean).join('.'), message })),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const message = `expected JSON, got ${JSON.stringify(text.slice(0, 80))}: make it with stack.toJsonString`;
    throw new RegistrationRefusedError([{ field: 'Definition', message }]);
  }
}

/**
 * A tool in another account or region could never be called: the inference role may invoke functions by
 * their tags, which reach no further; and it is denied the registrar. Better said at the deploy than in the
 * first chat.
 */
function requireReachableTools({ tools }: AgentDefinition, functionArn: string | undefined): void {
  const home = lambdaPlace(functionArn ?? '');
  const problems = tools.flatMap(({ functionArn: arn }, i): Problem[] => {
    const field = `Definition.tools[${i}].functionArn`;
    const place = lambdaPlace(arn);
    if (!place)
      return [
        { field, message: `expected the ARN of a Lambda function, got ${JSON.stringify(arn.slice(0, 200))}` },
      ];
    if (home && place !== home)
      return [
        {
          field,
          message: `expected a function in ${home}, where this stage is, got ${JSON.stringify(arn.slice(0, 200))}`,
        },
      ];
    if (nameOf(arn) !== nameOf(functionArn ?? '')) return [];
    return [{ field, message: "expected a tool's function, got the registrar: name the tool's own" }];
  });
  if (problems.length > 0) throw new RegistrationRefusedError(problems);
}

/** Name of a function, whichever of its versions the ARN is of. */
function nameOf(arn: string): string | undefined {
  return arn.split(':')[6];
}

/** Partition, region and account of a function, as the beginning of its ARN spells them. */
function lambdaPlace(arn: string): string | undefined {
  return /^(arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}):function:[\w-]+(:[\w$-]+)?$/.exec(arn)?.[1];
}
