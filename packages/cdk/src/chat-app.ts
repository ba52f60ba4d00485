import { chatAppDefinition, type Access } from '@parley/contract/chat-app';
import { Construct } from 'constructs';
import { Agent, type AgentProps } from './agent.ts';
import { parseOrReport, reportProperty, reportUnknownKeys } from './input-problems.ts';
import { register, registeredId } from './registration.ts';

export interface ChatAppProps {
  /** Tells a second chat app of the same package from the first: its id is `<package>-<name>`. @default the package's */
  name?: string;
  title: string;
  description?: string;
  /** One emoji or a short text shown on the card. */
  icon?: string;
  /** First messages to offer. */
  suggestions?: string[];
  /** Who may use it. @default everybody signed in */
  access?: Access;
  /** What its page offers. @default answering again and editing, no attachments */
  features?: { attachments?: boolean; regenerate?: boolean; edit?: boolean };
  /** The agent that answers: its properties, an agent of this stack, or the id of one that another stack registers. */
  agent: AgentProps | Agent | string;
}

const propertyNames = ['name', 'title', 'description', 'icon', 'suggestions', 'access', 'features', 'agent'];

/** A chat app of the common UI, registered with the stage. */
export class ChatApp extends Construct {
  readonly appId: string;

  constructor(scope: Construct, id: string, props: ChatAppProps) {
    super(scope, id);
    reportUnknownKeys(this, props, propertyNames);
    this.appId = registeredId(this, props.name);
    const { name, agent: given, ...rest } = props;
    const agent = this.agentOf(given, name);
    const known = Object.entries(rest).filter(([key]) => propertyNames.includes(key));
    const input = {
      ...Object.fromEntries(known),
      id: this.appId,
      agent: typeof agent === 'string' ? agent : agent?.agentId,
    };
    const definition = parseOrReport(chatAppDefinition, input, ({ field, message }) => {
      reportProperty(this, field, message);
    });
    if (!definition) return;
    const registration = register(this, { kind: 'app', definition });
    // The registrar refuses an app whose agent it does not know.
    if (agent instanceof Agent) registration.node.addDependency(agent);
  }

  private agentOf(
    given: ChatAppProps['agent'] | undefined,
    name: string | undefined,
  ): Agent | string | undefined {
    if (typeof given !== 'object' || given instanceof Agent) return given;
    return new Agent(this, 'Agent', { ...given, ...(name === undefined || 'name' in given ? {} : { name }) });
  }
}
