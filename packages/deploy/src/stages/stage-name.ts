import { type Prefix, stackName } from '@parley/contract/names';

/** Words that Cognito takes in no sign-in domain, which begins with the prefix. */
const reserved = ['aws', 'amazon', 'cognito'];

/** Why AWS would not take names that begin with a prefix; undefined when it would. */
export function nameProblem(prefix: Prefix): string | undefined {
  const word = reserved.find((each) => prefix.includes(each));
  if (word !== undefined) {
    return `"${prefix}" contains "${word}", which Cognito takes in no name of a sign-in domain`;
  }
  if (/-(-|$)/.test(prefix)) {
    return `"${prefix}" has a "-" at its end or two in a row, which ECR takes in no repository's name`;
  }
  return undefined;
}

/** Physical names that begin with a stack's name are the same for two stages when a stack is called like a stage's end. */
export function sharedNames(
  prefix: Prefix,
  others: readonly Prefix[],
  stacks: readonly string[],
): { other: Prefix; stack: string }[] {
  const names = new Set(stacks.map((stack) => stackName(prefix, stack)));
  return others
    .filter((other) => other !== prefix)
    .flatMap((other) =>
      stacks
        .filter((stack) => names.has(stackName(other, stack)))
        .map((stack) => ({ other, stack: stackName(other, stack) })),
    );
}
