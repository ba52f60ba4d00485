import { mayUse } from '@parley/contract/chat-app';
import type { Budget, ModelSettings } from '@parley/contract/model';
import { HttpError } from '@parley/service/errors';
import type { User } from '@parley/service/service-env';
import type { CatalogStore, LiveEntry } from '@parley/store/catalog';
import type { RunTask } from './host.ts';

export interface AnswererOptions {
  catalog: Pick<CatalogStore, 'getLive'>;
  /** What agents without a model of their own use. */
  model: ModelSettings;
  /** The bounds of every run; an agent's own budget can only be tighter. */
  budget: Budget;
}

/** Who answers, with what. */
export type Answerer = Pick<RunTask, 'agent' | 'model' | 'budget'> & { takesFiles: boolean };

/**
 * Finds who answers in a chat app. The app's agent is read beside the app where it was that one before.
 * What it finds throws `not-allowed` (403) where the user may not ask, or nobody is there to answer.
 */
export function createAnswererFinder({ catalog, model, budget }: AnswererOptions) {
  const agentIds = new Map<string, string>();

  async function readBoth(appId: string, user: User) {
    const likely = agentIds.get(appId);
    const likelyAgent = likely === undefined ? undefined : catalog.getLive('agent', likely);
    likelyAgent?.catch(() => undefined); // it may not be asked for
    const app = await catalog.getLive('app', appId);
    requireUsable(app, appId, user);
    const { agent: agentId } = app.definition;
    agentIds.set(appId, agentId);
    const agent = await (agentId === likely ? likelyAgent : catalog.getLive('agent', agentId));
    return { app, agent };
  }

  return async (appId: string, user: User): Promise<Answerer> => {
    const { app, agent } = await readBoth(appId, user);
    if (!agent?.enabled) {
      throw notAllowed(
        `the agent "${app.definition.agent}" of chat app "${appId}" is not there or switched off`,
      );
    }
    return {
      agent: agent.definition,
      model: app.model ?? agent.definition.model ?? model,
      budget: tighter(budget, agent.definition.budget ?? budget),
      takesFiles: app.definition.features.attachments,
    };
  };
}

function requireUsable(
  app: LiveEntry<'app'> | undefined,
  appId: string,
  user: User,
): asserts app is LiveEntry<'app'> {
  if (!app)
    throw notAllowed(
      `chat app "${appId}" is no longer there: its sessions stay readable, but take no messages`,
    );
  if (!app.enabled)
    throw notAllowed(`chat app "${appId}" is switched off: ask whoever runs it to switch it on`);
  if (!mayUse(app.definition.access, user.groups)) {
    throw notAllowed(`chat app "${appId}" is for members of certain groups, and you are in none of them`);
  }
}

export function notAllowed(message: string): HttpError {
  return new HttpError('not-allowed', message);
}

function tighter(a: Budget, b: Budget): Budget {
  return {
    turns: Math.min(a.turns, b.turns),
    tokens: Math.min(a.tokens, b.tokens),
    seconds: Math.min(a.seconds, b.seconds),
  };
}
