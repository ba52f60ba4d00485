import type { EventEnvelope } from './event.ts';

/** How an event ended, for CloudFormation. */
export interface Outcome {
  status: 'SUCCESS' | 'FAILED';
  physicalResourceId: string;
  /** Shown to whoever deploys. */
  reason?: string | undefined;
  /** What `Fn::GetAtt` reads. */
  data?: Record<string, string>;
}

/**
 * Bytes of JSON that each field may take: CloudFormation ignores an answer of 4,096 bytes or more. What it
 * sends itself is far smaller.
 */
const share = {
  stackId: 800,
  requestId: 200,
  logicalResourceId: 300,
  physicalResourceId: 800,
  reason: 1_500,
};

/** The body of the answer to an event; always below CloudFormation's limit. */
export function answerBody(
  event: EventEnvelope,
  { status, physicalResourceId, reason, data }: Outcome,
): string {
  return JSON.stringify({
    Status: status,
    PhysicalResourceId: clip(physicalResourceId, share.physicalResourceId),
    StackId: clip(event.stackId, share.stackId),
    RequestId: clip(event.requestId, share.requestId),
    LogicalResourceId: clip(event.logicalResourceId, share.logicalResourceId),
    ...(reason === undefined ? {} : { Reason: clip(reason, share.reason) }),
    ...(data ? { Data: data } : {}),
  });
}

/** The beginning of `text` that takes at most `bytesMax` bytes as JSON, marked when something is missing. */
function clip(text: string, bytesMax: number): string {
  if (jsonBytes(text) <= bytesMax) return text;
  const characters = Array.from(text.slice(0, bytesMax));
  let end = characters.length;
  while (end > 0 && jsonBytes(`${characters.slice(0, end).join('')}…`) > bytesMax)
    end = Math.floor(end * 0.9);
  return `${characters.slice(0, end).join('')}…`;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
