import * as z from 'zod';
import { AwsError } from '../errors.ts';
import type { Parameter, ParameterStore } from '../state/parameter-store.ts';
import { arn } from '../resources/physical-names.ts';

const pageSize = 10;

type Operation = (input: unknown) => unknown;

/** The operations of the SSM API that services use, by name (`GetParameter`…). */
export function ssmOperations(parameters: ParameterStore, region: string): Record<string, Operation> {
  const describe = (name: string, { value, type, version, modified }: Parameter) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    LastModifiedDate: Date.parse(modified) / 1000,
    ARN: arn('ssm', { stack: { name: '', id: '', region } }, `parameter/${name.replace(/^\//, '')}`),
    DataType: 'text',
  });
  return {
    GetParameter(input) {
      const { Name } = parse(z.object({ Name: z.string() }), input);
      const found = parameters.get(Name);
      if (!found) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: describe(Name, found) };
    },
    GetParameters(input) {
      const { Names } = parse(z.object({ Names: z.array(z.string()).min(1).max(10) }), input);
      const found = Names.flatMap((name) => {
        const parameter = parameters.get(name);
        return parameter ? [describe(name, parameter)] : [];
      });
      return { Parameters: found, InvalidParameters: Names.filter((name) => !parameters.get(name)) };
    },
    GetParametersByPath(input) {
      const { Path, Recursive, NextToken, MaxResults } = parse(byPath, input);
      const start = NextToken ? Number(NextToken) : 0;
      const depth = Path.replace(/\/$/, '').split('/').length;
      const found = parameters
        .below(Path)
        .filter(([name]) => Recursive === true || name.split('/').length === depth + 1);
      const end = start + (MaxResults ?? pageSize);
      const page = found.slice(start, end).map(([name, parameter]) => describe(name, parameter));
      return { Parameters: page, ...(end < found.length ? { NextToken: String(end) } : {}) };
    },
    async PutParameter(input) {
      const { Name, Value, Type, Overwrite } = parse(put, input);
      const known = parameters.get(Name);
      if (known && Overwrite !== true) {
        throw new AwsError(
          'ParameterAlreadyExists',
          `Parameter ${Name} already exists. Pass Overwrite to change it.`,
        );
      }
      const version = await parameters.put(Name, Value, Type ?? known?.type ?? 'String', known?.writer);
      return { Version: version, Tier: 'Standard' };
    },
    async DeleteParameter(input) {
      const { Name } = parse(z.object({ Name: z.string() }), input);
      if (!parameters.get(Name)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      await parameters.remove(Name);
      return {};
    },
  };
}

const byPath = z.object({
  Path: z.string().startsWith('/'),
  Recursive: z.boolean().optional(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(10).optional(),
});

const put = z.object({
  Name: z.string().min(1).max(1011),
  Value: z.string().min(1).max(8192),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Overwrite: z.boolean().optional(),
});

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new AwsError('ValidationException', z.prettifyError(result.error));
}
