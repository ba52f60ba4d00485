import type { AwsAccount, FakeStack } from './aws-account.ts';
import { changeAnswer } from './cloudformation-changes.ts';
import { escaped } from './xml.ts';

const pageSize = 100;

/** What CloudFormation answers: summaries of stacks by page, and templates. */
export function cloudFormationAnswer(
  operation: string,
  form: URLSearchParams,
  account: Pick<AwsAccount, 'stacks' | 'parameters' | 'objects'>,
): string {
  const { stacks } = account;
  if (operation === 'ListStacks') return wrapped(operation, summaries(form, stacks));
  if (operation === 'GetTemplate') {
    const template = stacks.get(form.get('StackName') ?? '')?.template;
    return wrapped(
      operation,
      `<TemplateBody>${template === undefined ? '' : escaped(JSON.stringify(template))}</TemplateBody>`,
    );
  }
  return wrapped(operation, changeAnswer(operation, form, account));
}

function summaries(form: URLSearchParams, stacks: ReadonlyMap<string, FakeStack>): string {
  const begin = Number(form.get('NextToken') ?? '0');
  const wanted = new Set(
    [...form].filter(([key]) => key.startsWith('StackStatusFilter.')).map(([, status]) => status),
  );
  const found = [...stacks].filter(([, { status }]) => wanted.size === 0 || wanted.has(status));
  const members = found
    .slice(begin, begin + pageSize)
    .map(
      ([name, { status, statusReason = '' }]) =>
        `<member><StackName>${name}</StackName><StackStatus>${status}</StackStatus>` +
        `<StackStatusReason>${escaped(statusReason)}</StackStatusReason>` +
        '<CreationTime>2026-11-01T08:00:00Z</CreationTime><LastUpdatedTime>2026-11-02T09:30:00Z</LastUpdatedTime></member>',
    );
  const more = begin + pageSize < found.length ? `<NextToken>${begin + pageSize}</NextToken>` : '';
  return `<StackSummaries>${members.join('')}</StackSummaries>${more}`;
}

function wrapped(operation: string, result: string): string {
  return (
    `<${operation}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">` +
    `<${operation}Result>${result}</${operation}Result></${operation}Response>`
  );
}
