import { mayUse, type AppState, type ChatAppView } from '@parley/contract/chat-app';
import { id as appId } from '@parley/contract/id';
import { modelLabel, type ModelSettings } from '@parley/contract/model';
import { HttpError } from '@parley/service/errors';
import type { User } from '@parley/service/service-env';
import type { CatalogStore, LiveEntry } from '@parley/store/catalog';

export interface AppDirectoryOptions {
  catalog: Pick<CatalogStore, 'getLive' | 'listLive'>;
  /** What agents without a model of their own use. */
  model: ModelSettings;
}

/** The chat apps as one user sees them. */
export interface AppDirectory {
  /** Those the user may use now, by title. */
  list(user: User): Promise<ChatAppView[]>;
  /**
   * One the user may use. Throws `not-found` for one that is not there or not for the user, which look
   * the same, and `not-allowed` for one that is switched off.
   */
  get(user: User, id: string): Promise<ChatAppView>;
  /** What the user can do with the apps of `ids`; the function returned answers for each of them. */
  states(user: User, ids: readonly string[]): Promise<(id: string) => AppState>;
}

interface AppWithAgent {
  app: LiveEntry<'app'> | undefined;
  agent: LiveEntry<'agent'> | undefined;
}

const nothing: AppWithAgent = { app: undefined, agent: undefined };

export function createAppDirectory({ catalog, model }: AppDirectoryOptions): AppDirectory {
  async function find(id: string): Promise<AppWithAgent> {
    const app = await catalog.getLive('app', id);
    return { app, agent: app && (await catalog.getLive('agent', app.definition.agent)) };
  }

  async function findAll(): Promise<Map<string, AppWithAgent>> {
    const [apps, agents] = await Promise.all([catalog.listLive('app'), catalog.listLive('agent')]);
    const agentOf = new Map(agents.map((agent) => [agent.id, agent]));
    return new Map(apps.map((app) => [app.id, { app, agent: agentOf.get(app.definition.agent) }]));
  }

  return {
    list: async (user) => {
      const usable = [...(await findAll()).values()].filter((found) => stateFor(user, found) === 'usable');
      return usable
        .flatMap((found) => viewOf(found, model))
        .sort((a, b) => a.title.localeCompare(b.title, 'en') || (a.id < b.id ? -1 : 1));
    },
    get: async (user, id) => {
      const found = appId.safeParse(id).success ? await find(id) : undefined;
      const state = stateFor(user, found);
      if (state === 'switched-off') {
        throw new HttpError(
          'not-allowed',
          `Chat app "${id}" is switched off: ask whoever runs it to switch it on.`,
        );
      }
      const [view] = found && state === 'usable' ? viewOf(found, model) : [];
      if (view) return view;
      throw new HttpError(
        'not-found',
        `There is no chat app "${id}" that you may use: choose one of the list of chat apps.`,
      );
    },
    states: async (user, ids) => {
      const [only] = ids;
      const found =
        only !== undefined && ids.every((id) => id === only)
          ? new Map([[only, await find(only)]])
          : await findAll();
      return (id) => stateFor(user, found.get(id));
    },
  };
}

function stateFor(user: User, { app, agent }: AppWithAgent = nothing): AppState {
  if (!app) return 'retired';
  if (!mayUse(app.definition.access, user.groups)) return 'no-access';
  return app.enabled && agent?.enabled ? 'usable' : 'switched-off';
}

function viewOf({ app, agent }: AppWithAgent, standard: ModelSettings): ChatAppView[] {
  if (!app || !agent) return [];
  const { access: _access, agent: _agent, ...shown } = app.definition;
  const model = app.model ?? agent.definition.model ?? standard;
  return [{ ...shown, model: modelLabel(model), demo: model.provider === 'demo' }];
}
