import * as z from 'zod';

const pageSize = 10;
const input = z.looseObject({
  Names: z.array(z.string()).max(10).default([]),
  Path: z.string().default(''),
  NextToken: z.string().default('0'),
  Name: z.string().default(''),
  Value: z.string().max(4096).default(''),
});

/** SSM's own error for a name that is not there. */
export class ParameterNotFound extends Error {
  readonly code = 'ParameterNotFound';
}

/** What SSM answers, with its limits: ten names or parameters at a time. */
export function ssmAnswer(operation: string, body: unknown, parameters: Map<string, string>): unknown {
  const { Names, Path, NextToken, Name, Value } = input.parse(body);
  const shown = (names: string[]) =>
    names.map((name) => ({ Name: name, Value: parameters.get(name), Type: 'String', Version: 1 }));
  switch (operation) {
    case 'GetParameters':
      return {
        Parameters: shown(Names.filter((name) => parameters.has(name))),
        InvalidParameters: Names.filter((name) => !parameters.has(name)),
      };
    case 'GetParametersByPath': {
      const found = [...parameters.keys()].filter((name) => name.startsWith(`${Path}/`)).toSorted();
      const end = Number(NextToken) + pageSize;
      const page = { Parameters: shown(found.slice(Number(NextToken), end)) };
      return end < found.length ? { ...page, NextToken: String(end) } : page;
    }
    case 'GetParameter':
      if (!parameters.has(Name)) throw new ParameterNotFound(`Parameter ${Name} not found.`);
      return { Parameter: shown([Name])[0] };
    case 'PutParameter':
      parameters.set(Name, Value);
      return { Version: 1, Tier: 'Standard' };
    case 'DeleteParameters':
      for (const name of Names) parameters.delete(name);
      return { DeletedParameters: Names };
    default:
      throw new Error(`The account in memory has no ${operation}.`);
  }
}
