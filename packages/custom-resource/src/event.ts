/**
 * The parts of a CloudFormation event that an answer needs, read so that nothing can throw: whatever
 * comes, the type of request is known first, and an answer can be sent if there is an address for it.
 */
export interface EventEnvelope {
  requestType: 'Create' | 'Update' | 'Delete' | undefined;
  responseUrl: string | undefined;
  stackId: string;
  requestId: string;
  logicalResourceId: string;
  resourceType: string;
  /** What CloudFormation knows the resource by; undefined in a create. */
  physicalResourceId: string | undefined;
  properties: unknown;
}

export function readEnvelope(event: unknown): EventEnvelope {
  const fields = typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
  const textOf = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const type = fields['RequestType'];
  return {
    requestType: type === 'Create' || type === 'Update' || type === 'Delete' ? type : undefined,
    responseUrl: textOf('ResponseURL'),
    stackId: textOf('StackId') ?? '',
    requestId: textOf('RequestId') ?? '',
    logicalResourceId: textOf('LogicalResourceId') ?? '',
    resourceType: textOf('ResourceType') ?? '',
    physicalResourceId: textOf('PhysicalResourceId'),
    properties: fields['ResourceProperties'],
  };
}

/** `arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>` → name. */
export function stackNameOf(stackId: string): string | undefined {
  return /^arn:[^:]+:cloudformation:[^:]+:[^:]*:stack\/([A-Za-z][A-Za-z0-9-]*)\/[^/]+$/.exec(stackId)?.[1];
}

/** When CloudFormation sent the event: the time its answer address was signed at, as ISO text. */
export function issuedAtOf(responseUrl: string | undefined): string | undefined {
  if (!responseUrl || !URL.canParse(responseUrl)) return undefined;
  const signedAt = new URL(responseUrl).searchParams.get('X-Amz-Date') ?? '';
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(signedAt);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
