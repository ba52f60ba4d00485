import type { SynthProblem } from '../errors.ts';
import type { CheckContext, Finding } from './check.ts';
import { checks } from './checks.ts';
import { isOff } from './opt-out.ts';
import type { Template } from './template.ts';

/**
 * Everything the checks find in a synthesized template, save where one is turned off.
 * @param pathOf path in the stack of the construct with a logical id
 */
export function templateProblems(
  template: Template,
  context: CheckContext,
  pathOf: (logicalId: string) => string | undefined,
): SynthProblem[] {
  return Object.entries(checks).flatMap(([name, check]) =>
    check(template, context)
      .filter(({ at }) => !isOff(template.Resources?.[at], name))
      .map((finding) => asProblem(name, finding, pathOf)),
  );
}

function asProblem(
  check: string,
  { at, found, expected, mend }: Finding,
  pathOf: (logicalId: string) => string | undefined,
): SynthProblem {
  const path = pathOf(at);
  return {
    file: 'stack.ts',
    field: path === undefined ? at : `${path} (${at})`,
    message: `${found}; expected ${expected}: ${mend} [${check}]`,
  };
}
