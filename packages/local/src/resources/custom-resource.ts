import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { CustomResourceResponses } from '../aws/custom-resource-responses.ts';
import { ResourceError } from '../errors.ts';
import type { InvocationResult } from '../functions/function-spec.ts';
import { type Json, type JsonObject, isObject, numberAt, textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { generatedName } from './physical-names.ts';

const responseLimit = 4096;
const defaultTimeoutSeconds = 3600;

export interface CustomResourceParts {
  responses: CustomResourceResponses;
  /** `127.0.0.1:<port>` where functions answer. */
  responseHost(): string;
  invoke(functionArn: string, payload: string): Promise<InvocationResult>;
}

const answer = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().optional(),
  Data: (z.record(z.string(), z.json()) as z.ZodType<JsonObject>).nullish(),
});

/** `Custom::*` and `AWS::CloudFormation::CustomResource`: events as CloudFormation sends them. */
export function customResource(parts: CustomResourceParts): ResourceHandler {
  return {
    create: (request) => send(parts, request, { RequestType: 'Create' }),
    update: (request, before) =>
      send(parts, request, {
        RequestType: 'Update',
        PhysicalResourceId: before.physicalId,
        OldResourceProperties: stringified(before.properties),
      }),
    async remove(request, record) {
      const PhysicalResourceId = record.physicalId || generatedName(request);
      await send(parts, request, { RequestType: 'Delete', PhysicalResourceId });
    },
  };
}

interface Change {
  RequestType: 'Create' | 'Update' | 'Delete';
  PhysicalResourceId?: string;
  OldResourceProperties?: Json;
}

async function send(
  parts: CustomResourceParts,
  request: ResourceRequest,
  change: Change,
): Promise<ResourceResult> {
  const { properties, stack, logicalId, type } = request;
  const token = textAt(properties, 'ServiceToken');
  if (!token?.startsWith('arn:aws:lambda:')) {
    throw new ResourceError(`ServiceToken ${token ?? '(missing)'} is not the ARN of a function.`);
  }
  const timeoutSeconds = numberAt(properties, 'ServiceTimeout') ?? defaultTimeoutSeconds;
  const opened = parts.responses.open(timeoutSeconds);
  const event = {
    ...change,
    RequestId: randomUUID(),
    ResponseURL: `http://${parts.responseHost()}${opened.path}`,
    ServiceToken: token,
    StackId: stack.id,
    LogicalResourceId: logicalId,
    ResourceType: type,
    ResourceProperties: stringified(properties),
  };
  try {
    const invocation = parts.invoke(token, JSON.stringify(event));
    return settle(await firstAnswer(opened.answer, invocation, timeoutSeconds), change, request);
  } finally {
    opened.close();
  }
}

/** The answer, or an error as soon as it is sure that there will be none. */
async function firstAnswer(
  given: Promise<string>,
  invocation: Promise<InvocationResult>,
  timeoutSeconds: number,
): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const message = `Its function gave no answer within ${timeoutSeconds} s (ServiceTimeout).`;
    timer = setTimeout(() => reject(new ResourceError(message)), timeoutSeconds * 1000);
  });
  const silent = invocation.then(async ({ payload, functionError }) => {
    // An answer sent right before the end is read first.
    const last = await Promise.race([
      given,
      new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
    ]);
    if (last !== undefined) return last;
    throw new ResourceError(
      functionError
        ? `Its function failed without answering: ${payload}`
        : 'Its function ended without answering.',
    );
  });
  silent.catch(() => undefined);
  try {
    return await Promise.race([given, silent, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function settle(text: string, change: Change, request: ResourceRequest): ResourceResult {
  if (Buffer.byteLength(text) > responseLimit) {
    throw new ResourceError(
      `Its function answered with more than ${responseLimit} bytes, which CloudFormation refuses.`,
    );
  }
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success)
    throw new ResourceError(`Its function gave no valid answer: ${z.prettifyError(parsed.error)}`);
  const { Status, Reason, PhysicalResourceId, Data } = parsed.data;
  if (Status === 'FAILED')
    throw new ResourceError(Reason ?? 'Its function answered FAILED and gave no reason.');
  const physicalId = PhysicalResourceId ?? change.PhysicalResourceId ?? generatedName(request);
  return { physicalId, attributes: Data ?? {} };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** CloudFormation hands numbers and booleans over as text. */
function stringified(value: Json): Json {
  if (Array.isArray(value)) return value.map(stringified);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stringified(inner)]));
  }
  return value === null ? null : String(value);
}
