import type { AwsAccount, FakeEvent, FakeStack } from './aws-account.ts';
import { escaped } from './xml.ts';

type Account = Pick<AwsAccount, 'stacks' | 'parameters' | 'objects'>;
type Template = {
  Resources?: Record<string, { Type: string; Properties?: { Name?: string; Value?: unknown } }>;
};

/** An error that is no fault of this server: the code and message that CloudFormation gives. */
export class AwsRefusal extends Error {
  readonly code: string;

  constructor(message: string, code = 'ValidationError') {
    super(message);
    this.code = code;
  }
}

const stackType = 'AWS::CloudFormation::Stack';
/** By stack and change set: what was asked for, and what it would change. */
const changeSets = new WeakMap<FakeStack, Map<string, { template: Template; isCreation: boolean }>>();

/** What CloudFormation answers to what changes stacks, or looks at one of them. */
export function changeAnswer(operation: string, form: URLSearchParams, account: Account): string {
  const given = form.get('StackName') ?? '';
  const name = nameOf(given);
  const found = account.stacks.get(name);
  const stack = found?.status === 'DELETE_COMPLETE' && given === name ? undefined : found;
  if (operation === 'CreateChangeSet') return create(name, form, account);
  if (!stack) {
    if (operation === 'DeleteStack') return '';
    throw new AwsRefusal(`Stack with id ${name} does not exist`);
  }
  switch (operation) {
    case 'DescribeStacks':
      return `<Stacks><member>${described(name, stack)}</member></Stacks>`;
    case 'DescribeStackEvents':
      return `<StackEvents>${eventsOf(name, stack).join('')}</StackEvents>`;
    case 'ListStackResources':
      return `<StackResourceSummaries>${resourcesOf(stack).join('')}</StackResourceSummaries>`;
    case 'DescribeChangeSet':
      return describedChangeSet(name, stack, form);
    case 'DeleteChangeSet':
      return '';
    case 'ExecuteChangeSet':
      return execute(name, stack, form, account);
    case 'UpdateTerminationProtection':
      stack.terminationProtection = form.get('EnableTerminationProtection') === 'true';
      return '';
    case 'DeleteStack':
      return remove(name, stack);
    default:
      throw new AwsRefusal(`The account in memory has no ${operation}.`, 'InvalidAction');
  }
}

export function stackArn(name: string): string {
  return `arn:aws:cloudformation:eu-west-1:111122223333:stack/${name}/1`;
}

function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn;
}

function described(name: string, stack: FakeStack): string {
  return (
    `<StackName>${name}</StackName><StackId>${stackArn(name)}</StackId>` +
    `<StackStatus>${stack.status}</StackStatus><StackStatusReason>${escaped(stack.statusReason ?? '')}</StackStatusReason>` +
    `<EnableTerminationProtection>${stack.terminationProtection ?? false}</EnableTerminationProtection>` +
    '<CreationTime>2026-11-01T08:00:00Z</CreationTime><LastUpdatedTime>2026-11-02T09:30:00Z</LastUpdatedTime>'
  );
}

function eventsOf(name: string, { events = [] }: FakeStack): string[] {
  return events
    .map(
      ({ logicalId, type, status, reason = '' }, i) =>
        `<member><EventId>${name}-${i}</EventId><StackName>${name}</StackName><StackId>${stackArn(name)}</StackId>` +
        `<LogicalResourceId>${logicalId}</LogicalResourceId><ResourceType>${type}</ResourceType>` +
        `<PhysicalResourceId>${type === stackType ? stackArn(name) : `${name}-${logicalId}`}</PhysicalResourceId>` +
        `<ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${escaped(reason)}</ResourceStatusReason>` +
        `<Timestamp>${new Date(Date.now() + 60_000 + i).toISOString()}</Timestamp></member>`,
    )
    .toReversed();
}

function resourcesOf({ resources = new Map() }: FakeStack): string[] {
  return [...resources].map(
    ([id, { type, status, physicalId }]) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType>` +
      `<ResourceStatus>${status}</ResourceStatus><PhysicalResourceId>${physicalId}</PhysicalResourceId>` +
      '<LastUpdatedTimestamp>2026-11-02T09:30:00Z</LastUpdatedTimestamp></member>',
  );
}

function create(name: string, form: URLSearchParams, { stacks, objects }: Account): string {
  const isCreation = form.get('ChangeSetType') === 'CREATE';
  const before = stacks.get(name);
  const stack: FakeStack =
    before === undefined || before.status === 'DELETE_COMPLETE'
      ? { status: 'REVIEW_IN_PROGRESS', ...(before?.next ? { next: before.next } : {}) }
      : before;
  if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS') {
    throw new AwsRefusal(`Stack:${stackArn(name)} is in ${stack.status} state and can not be updated.`);
  }
  stacks.set(name, stack);
  const made = changeSets.get(stack) ?? new Map<string, { template: Template; isCreation: boolean }>();
  changeSets.set(stack, made);
  const { pathname } = new URL(form.get('TemplateURL') ?? '');
  const text = objects.get(pathname.slice(1));
  if (text === undefined) throw new AwsRefusal(`S3 error: The specified key does not exist: ${pathname}`);
  const template = JSON.parse(text) as Template;
  made.set(form.get('ChangeSetName') ?? '', { template, isCreation });
  return `<Id>${changeSetArn(form)}</Id><StackId>${stackArn(name)}</StackId>`;
}

function changeSetArn(form: URLSearchParams): string {
  const name = form.get('ChangeSetName') ?? '';
  return name.startsWith('arn:') ? name : `arn:aws:cloudformation:eu-west-1:111122223333:changeSet/${name}/1`;
}

function changeSetOf(stack: FakeStack, form: URLSearchParams) {
  const name = nameOf(form.get('ChangeSetName') ?? '');
  const found = changeSets.get(stack)?.get(name);
  if (!found) throw new AwsRefusal(`ChangeSet [${name}] does not exist`, 'ChangeSetNotFound');
  return found;
}

function describedChangeSet(name: string, stack: FakeStack, form: URLSearchParams): string {
  const { template } = changeSetOf(stack, form);
  const changes = changesTo(stack, template);
  const state =
    changes.length === 0
      ? "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes. Submit different information to create a change set.</StatusReason>"
      : '<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>';
  return (
    `<ChangeSetName>${nameOf(form.get('ChangeSetName') ?? '')}</ChangeSetName><ChangeSetId>${changeSetArn(form)}</ChangeSetId>` +
    `<StackId>${stackArn(name)}</StackId><StackName>${name}</StackName>${state}` +
    `<CreationTime>2026-11-02T09:30:00Z</CreationTime><Changes>${changes.map((each) => changeMember(each, stack)).join('')}</Changes>`
  );
}

interface Change {
  id: string;
  type: string;
  action: 'Add' | 'Modify' | 'Remove';
}

function changesTo({ template: before, status }: FakeStack, now: Template): Change[] {
  const old = status === 'REVIEW_IN_PROGRESS' ? {} : ((before as Template | undefined)?.Resources ?? {});
  const wanted = now.Resources ?? {};
  const changed = Object.entries(wanted).filter(
    ([id, resource]) => JSON.stringify(old[id]) !== JSON.stringify(resource),
  );
  return [
    ...changed.map(([id, { Type }]): Change => ({ id, type: Type, action: id in old ? 'Modify' : 'Add' })),
    ...Object.entries(old)
      .filter(([id]) => !(id in wanted))
      .map(([id, { Type }]): Change => ({ id, type: Type, action: 'Remove' })),
  ];
}

function changeMember({ id, type, action }: Change, { next }: FakeStack): string {
  const replaced = next?.replaces?.includes(id) ? 'True' : 'False';
  const replacement = action === 'Modify' ? `<Replacement>${replaced}</Replacement>` : '';
  return (
    `<member><Type>Resource</Type><ResourceChange><Action>${action}</Action>${replacement}` +
    `<LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType></ResourceChange></member>`
  );
}

function execute(name: string, stack: FakeStack, form: URLSearchParams, account: Account): string {
  const { template, isCreation } = changeSetOf(stack, form);
  const { events = [], status } = stack.next ?? {};
  const verb = isCreation ? 'CREATE' : 'UPDATE';
  const own = (what: string, reason = ''): FakeEvent => ({
    logicalId: name,
    type: stackType,
    status: what,
    reason,
  });
  stack.events = [own(`${verb}_IN_PROGRESS`, 'User Initiated'), ...events];
  // A creation that fails leaves its template, too.
  stack.template ??= template;
  if (status === 'hold') {
    stack.status = `${verb}_IN_PROGRESS`;
    return '';
  }
  stack.status = status ?? `${verb}_COMPLETE`;
  stack.events.push(own(stack.status));
  if (status === undefined) apply(stack, template, account);
  return '';
}

function apply(stack: FakeStack, template: Template, { parameters }: Account): void {
  stack.template = template;
  stack.resources = new Map(
    Object.entries(template.Resources ?? {}).map(([id, { Type }]) => [
      id,
      { type: Type, status: 'CREATE_COMPLETE', physicalId: `physical-${id}` },
    ]),
  );
  for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
    if (Type !== 'AWS::SSM::Parameter' || Properties?.Name === undefined) continue;
    const { Value } = Properties;
    parameters.set(Properties.Name, typeof Value === 'string' ? Value : JSON.stringify(Value));
  }
}

function remove(name: string, stack: FakeStack): string {
  if (stack.terminationProtection)
    throw new AwsRefusal(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
  const { events = [], status } = stack.next ?? {};
  stack.events = [
    { logicalId: name, type: stackType, status: 'DELETE_IN_PROGRESS', reason: 'User Initiated' },
    ...events,
  ];
  if (status !== undefined) {
    stack.status = status;
    return '';
  }
  stack.status = 'DELETE_COMPLETE'; // It can be looked at by its ARN for 90 days.
  return '';
}
