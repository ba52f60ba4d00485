import { z } from 'zod';
import { agentDefinition } from './agent.ts';
import { chatAppDefinition } from './chat-app.ts';

/** CloudFormation resource types a chat-app stack registers with. */
export const registrationTypes = {
  agent: 'Custom::ParleyAgent',
  app: 'Custom::ParleyChatApp',
} as const;
export type RegistrationKind = keyof typeof registrationTypes;

/** An update carries old and new properties, and an event holds at most 256 KB. */
export const definitionBytesMax = 100 * 1024;

/** Seconds CloudFormation waits for an answer: a broken registrar costs a minute, not an hour. */
export const serviceTimeoutSeconds = 60;

/**
 * Properties of both resource types. No timestamp and nothing that changes by itself:
 * an unchanged definition makes no change set.
 */
export const registrationProperties = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.union([z.string(), z.number()]).optional(),
  /** The prefix the definition is for; the registrar refuses another stage's. */
  Stage: z.string(),
  Definition: z.string().refine((text) => Buffer.byteLength(text) <= definitionBytesMax, {
    message: `expected at most ${definitionBytesMax} bytes of JSON`,
  }),
  /** Tool name → hash of its code, so that a code change alone is a new version too. */
  ToolCode: z.record(z.string(), z.string()).default({}),
});
export type RegistrationProperties = z.infer<typeof registrationProperties>;

export const definitionSchemas = { agent: agentDefinition, app: chatAppDefinition } as const;

/** `agent/<id>` or `app/<id>`: changes only when the id does, so that an update is never a replacement. */
export function physicalResourceId(kind: RegistrationKind, id: string): string {
  return `${kind}/${id}`;
}

/** The kind and id behind a physical id; undefined for anything a registrar never gave out. */
export function parsePhysicalResourceId(text: unknown): { kind: RegistrationKind; id: string } | undefined {
  const match = typeof text === 'string' ? /^(agent|app)\/([a-z0-9-]+)$/.exec(text) : null;
  return match ? { kind: match[1] as RegistrationKind, id: match[2]! } : undefined;
}
