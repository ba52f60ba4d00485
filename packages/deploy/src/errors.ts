import { type Fault, faultRules } from './cloud/fault-rules.ts';

/** Something that keeps a plan or a deploy from going on, for the person who runs it. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  /** What kind it is, such as `throttled`: for programs and tests. */
  readonly code: string;
  /** What to do about it, as a sentence; often a command. */
  readonly nextStep: string | undefined;

  constructor(code: string, message: string, options: ErrorOptions & { nextStep?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.nextStep = options.nextStep;
  }
}

/**
 * Turns whatever a call of AWS or of the CDK toolkit threw into what was wrong and what to do next.
 * An error that is nobody's known mistake keeps its message, with the code `unknown`.
 */
export function explain(error: unknown): DeployError {
  const faults = chain(error);
  const own = faults.find((each) => each instanceof DeployError);
  if (own) return own;
  for (const thrown of faults) {
    const fault = faultOf(thrown);
    const rule = faultRules.find(({ applies }) => applies(fault));
    if (rule) return new DeployError(rule.code, rule.says(fault), { cause: error, nextStep: rule.next });
  }
  return new DeployError('unknown', error instanceof Error ? error.message : String(error), { cause: error });
}

function faultOf(thrown: unknown): Fault {
  const text = (key: string): string => {
    const value: unknown =
      typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, key) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { name: text('name'), message: text('message'), code: text('code'), host: text('hostname') };
}

/** The error, what caused it and what it gathers, outermost first. */
function chain(error: unknown, depth = 0): unknown[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [error];
  const inner: unknown[] = [Reflect.get(error, 'cause'), ...gathered(error)];
  return [error, ...inner.filter((each) => each !== undefined).flatMap((each) => chain(each, depth + 1))];
}

function gathered(error: object): unknown[] {
  const errors: unknown = Reflect.get(error, 'errors');
  return Array.isArray(errors) ? errors : [];
}
