import type { ModelSettings } from '@parley/contract/model';
import { routePattern, routes } from '@parley/contract/routes';
import type { Log } from '@parley/service/log';
import { createService, type Service } from '@parley/service/server';
import { signIn, type SignInOptions } from '@parley/service/sign-in';
import type { CatalogStore } from '@parley/store/catalog';
import type { ConversationStore } from '@parley/store/conversations';
import { createAppDirectory } from './chat-apps/directory.ts';
import { addChatAppRoutes } from './chat-apps/routes.ts';
import { addFeedbackRoutes } from './sessions/feedback-routes.ts';
import { addSessionRoutes } from './sessions/routes.ts';

export interface RegistryApiOptions {
  signIn: SignInOptions;
  catalog: Pick<CatalogStore, 'getLive' | 'listLive'>;
  conversations: ConversationStore;
  /** What agents without a model of their own use. */
  model: ModelSettings;
  /** Seconds from SIGTERM to SIGKILL. */
  stopSeconds?: number;
  log?: Log;
}

/** Creates the service that shows chat apps and keeps conversations. Nothing runs until it listens. */
export function createRegistryApi(options: RegistryApiOptions): Service {
  const { conversations, log, stopSeconds } = options;
  const service = createService({
    name: 'registry-api',
    healthPath: routes.health,
    ...(log && { log }),
    ...(stopSeconds !== undefined && { stopSeconds }),
  });
  const { app } = service;
  app.use('/api/*', signIn(options.signIn));
  app.get(routePattern('me'), (c) => c.json(c.get('user')));
  const directory = createAppDirectory(options);
  addChatAppRoutes(app, directory);
  addSessionRoutes(app, { conversations, directory });
  addFeedbackRoutes(app, { conversations });
  return service;
}
