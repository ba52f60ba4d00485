import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentDefinition, type AgentDefinition } from '@parley/contract/agent';
import type { Budget, ModelSettings } from '@parley/contract/model';
import type { Problem } from '@parley/contract/issues';
import { Construct } from 'constructs';
import { grantOwnModel } from './bedrock-access.ts';
import { keyProblem } from './model-secrets.ts';
import { parseOrReport, reportProperty, reportUnknownKeys } from './input-problems.ts';
import type { LambdaTool } from './lambda-tool.ts';
import { ParleyStack } from './parley-stack.ts';
import { register, registeredId } from './registration.ts';

export interface AgentProps {
  /** Tells a second agent of the same package from the first: its id is `<package>-<name>`. @default the package's */
  name?: string;
  /** File with the instructions, beside stack.ts. */
  instructions: string;
  description?: string;
  /**
   * One of Bedrock is allowed to the stage's inference service by this stack, which then deploys after that one. A key
   * is one of the stage's `modelSecrets`, and is sent only to the origins that the stage names for it.
   * @default the stage's model
   */
  model?: ModelSettings;
  /** @default the stage's budget */
  budget?: Partial<Budget>;
  tools?: LambdaTool[];
  /** Agents it may ask, or ids of agents that other stacks register. */
  agents?: (Agent | string)[];
}

const propertyNames = ['name', 'instructions', 'description', 'model', 'budget', 'tools', 'agents'];

/** An agent: instructions, model and tools, registered with the stage. */
export class Agent extends Construct {
  readonly agentId: string;

  constructor(scope: Construct, id: string, props: AgentProps) {
    super(scope, id);
    reportUnknownKeys(this, props, propertyNames);
    this.agentId = registeredId(this, props.name);
    const { tools = [], agents = [] } = props;
    const definition = this.define(props);
    if (!definition) return;
    const registration = register(this, {
      kind: 'agent',
      definition,
      toolCode: Object.fromEntries(tools.map(({ spec, codeHash }) => [spec.name, codeHash])),
    });
    this.checkKey(definition.model);
    const access = definition.model && grantOwnModel(this, definition.model);
    if (access) registration.node.addDependency(access);
    for (const agent of agents) if (typeof agent !== 'string') registration.node.addDependency(agent);
  }

  /** The definition, checked against the contract; undefined when something in it is wrong. */
  private define({ name: _, ...props }: AgentProps): AgentDefinition | undefined {
    const instructions = this.readInstructions(props.instructions);
    if (instructions === undefined) return undefined;
    const { description, model, budget, tools = [], agents = [] } = props;
    const input = {
      id: this.agentId,
      instructions,
      tools: tools.map((tool) => tool.definition),
      agents: agents.map((agent) => (typeof agent === 'string' ? agent : agent.agentId)),
      ...(description === undefined ? {} : { description }),
      ...(model === undefined ? {} : { model }),
      ...(budget === undefined ? {} : { budget }),
    };
    return parseOrReport(agentDefinition, input, (problem) => this.report(problem, props));
  }

  /** A chat app's author must not have a key of the stage sent anywhere. */
  private checkKey(model: ModelSettings | undefined): void {
    const problem = model && keyProblem(ParleyStack.of(this).settings, model);
    if (problem) reportProperty(this, `model.${problem.field}`, problem.message);
  }

  private readInstructions(file: string): string | undefined {
    const path = join(ParleyStack.of(this).folder, file ?? '');
    const text = typeof file === 'string' && existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
    if (text) return text;
    const what = text === '' ? 'is empty' : 'is missing';
    ParleyStack.of(this).problems.push({
      file: file ?? 'stack.ts',
      field: 'instructions',
      message: `the file ${what}: expected the agent's instructions in ${file ?? 'a file such as "prompt.md"'}, beside stack.ts`,
    });
    return undefined;
  }

  /** A problem is reported where its mend is: the tool's file, the instructions' file, or stack.ts. */
  private report({ field, message }: Problem, { instructions, tools = [] }: AgentProps): void {
    const [, index, rest = ''] = /^tools\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    const tool = index === undefined ? undefined : tools[Number(index)];
    const { problems } = ParleyStack.of(this);
    // Two functions of one tool have been reported where they were made.
    if (tools.some((other) => other !== tool && other.source === tool?.source)) return;
    if (tool) problems.push({ file: tool.source, field: rest, message });
    else if (field === 'instructions') problems.push({ file: instructions, field, message });
    else reportProperty(this, field, message);
  }
}
