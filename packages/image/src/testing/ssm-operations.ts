import { AwsFault, type Operation } from './aws-fault.ts';

/** A parameter as the test's SSM keeps it. */
export interface StoredParameter {
  value: string;
  tags: Record<string, string>;
}

interface Input {
  Name: string;
  Value: string;
  Overwrite?: boolean;
  AllowedPattern?: string;
  Tags?: object[];
  ResourceId: string;
}

/** The operations of SSM that images need, with the errors its API reference documents. */
export function ssmOperations(parameters: Map<string, StoredParameter>): Record<string, Operation> {
  const operations: Record<string, (input: Input) => unknown> = {
    GetParameter: ({ Name }) => {
      const found = parameters.get(Name);
      if (!found) throw new AwsFault('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: { Name, Value: found.value } };
    },
    PutParameter: ({ Name, Value, Overwrite, AllowedPattern, Tags }) => {
      if (Overwrite && Tags)
        throw new AwsFault(
          'ValidationException',
          'Invalid request: tags and overwrite can’t be used together.',
        );
      if (AllowedPattern && !new RegExp(AllowedPattern).test(Value))
        throw new AwsFault(
          'ParameterPatternMismatchException',
          `Parameter value, cannot be validated: ${Value}`,
        );
      parameters.set(Name, { tags: parameters.get(Name)?.tags ?? {}, value: Value });
      return { Version: 1 };
    },
    AddTagsToResource: ({ ResourceId, Tags = [] }) => {
      for (const { Key, Value } of Tags as { Key: string; Value: string }[])
        parameters.get(ResourceId)!.tags[Key] = Value;
      return {};
    },
  };
  return operations as Record<string, Operation>;
}
