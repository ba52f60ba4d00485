import { registrationTypes, type RegistrationKind } from '@parley/contract/registration';
import {
  cloudFormationEvent as anyEvent,
  functionArn,
  invocation as anyInvocation,
  type AnswerAddress,
  type EventOptions as AnyEventOptions,
} from '@parley/custom-resource/testing';

export const prefix = 'parley-test';

/** An event for a registration of this kind. */
export interface EventOptions extends Omit<AnyEventOptions, 'resourceType'> {
  kind: RegistrationKind;
}

export function cloudFormationEvent(address: AnswerAddress, { kind, ...options }: EventOptions) {
  return anyEvent(address, { ...options, resourceType: registrationTypes[kind] });
}

/** Time and ARN of an invocation of the registrar. */
export function invocation(milliseconds?: number) {
  return anyInvocation(milliseconds, `${prefix}-registrar`);
}

/** Properties of an agent's registration. */
export function agentProperties(id: string, more: Record<string, unknown> = {}) {
  const tool = {
    name: 'forecast',
    description: 'Tells the weather',
    input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    functionArn: functionArn(`${prefix}-weather-Forecast`),
    timeoutSeconds: 10,
  };
  return properties({ id, instructions: 'Answer briefly.', tools: [tool], ...more }, { forecast: 'abc123' });
}

/** Properties of a chat app's registration. */
export function appProperties(id: string, agent: string, more: Record<string, unknown> = {}) {
  return properties({ id, title: `App ${id}`, agent, ...more });
}

export function properties(definition: unknown, ToolCode?: Record<string, string>) {
  return {
    ServiceToken: functionArn(`${prefix}-registrar`),
    ServiceTimeout: '60',
    Stage: prefix,
    Definition: JSON.stringify(definition),
    ...(ToolCode ? { ToolCode } : {}),
  };
}
