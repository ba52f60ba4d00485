import { z } from 'zod';
import { id, toolName } from './id.ts';
import { budget, modelSettings } from './model.ts';

/** JSON Schema (draft 2020-12) of an object, as the model is given it. */
export const inputSchema = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
export type InputSchema = z.infer<typeof inputSchema>;

/** Seconds in which a call can be approved. Default 86,400: a day. */
const withinSeconds = z.number().int().min(1).max(604_800).optional();

/** Which calls of a tool need the user's approval: every one, or those whose input matches a JSON Schema. */
export const toolApproval = z.union(
  [
    z.strictObject({ always: z.literal(true), withinSeconds }),
    z.strictObject({ when: inputSchema, withinSeconds }),
  ],
  {
    error:
      'expected { "always": true }, or { "when": <the JSON Schema of an object> }; "withinSeconds" is a whole number from 1 to 604800 (a week)',
  },
);
export type ToolApproval = z.infer<typeof toolApproval>;

/** What a build writes to `dist/<name>/tool.json`: a tool without the place it runs. */
export const toolSpec = z.strictObject({
  name: toolName,
  description: z.string().min(1).max(4_000),
  input: inputSchema,
  /** Default: no call needs approval. */
  approval: toolApproval.optional(),
  /** Its function streams the answer: lines of progress, then the result. Default: it answers at once, when it is done. */
  streams: z.literal(true).optional(),
});
export type ToolSpec = z.infer<typeof toolSpec>;

/** A tool that an agent may call, and the Lambda function that is it. */
export const lambdaTool = z.strictObject({
  ...toolSpec.shape,
  functionArn: z.string().min(1),
  /** Seconds after which the call counts as timed out; the function's own timeout. */
  timeoutSeconds: z.number().int().min(1).max(900),
});
export type LambdaToolDefinition = z.infer<typeof lambdaTool>;

/** An agent as it is registered: instructions, model, tools, and other agents as tools. */
export const agentDefinition = z
  .strictObject({
    id,
    description: z.string().max(1_000).optional(),
    instructions: z.string().min(1).max(60_000),
    /** Default: the stage's model. */
    model: modelSettings.optional(),
    budget: budget.optional(),
    tools: z.array(lambdaTool).max(64).default([]),
    /** Ids of other agents this one may ask. */
    agents: z.array(id).max(16).default([]),
  })
  .superRefine(({ tools, agents, id: self }, context) => {
    for (const [i, tool] of tools.entries()) {
      if (tools.findIndex(({ name }) => name === tool.name) < i) {
        context.addIssue({ code: 'custom', path: ['tools', i, 'name'], message: 'this name is used twice' });
      }
    }
    if (agents.includes(self)) {
      context.addIssue({ code: 'custom', path: ['agents'], message: 'an agent cannot be its own tool' });
    }
  });
export type AgentDefinition = z.infer<typeof agentDefinition>;
