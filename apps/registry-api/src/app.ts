import type { ModelSettings } from '@parley/contract/model';
import { routePattern, routes } from '@parley/contract/routes';
import type { Log } from '@parley/service/log';
import { createService, type Service } from '@parley/service/server';
import { signIn, type SignInOptions } from '@parley/service/sign-in';
import { createAttachments } from '@parley/session-files/attachments';
import type { FilesBucket } from '@parley/session-files/client';
import { createSessionFileRemover } from '@parley/session-files/remove-session';
import { createUploads } from '@parley/session-files/uploads';
import type { CatalogStore } from '@parley/store/catalog';
import type { ConversationStore } from '@parley/store/conversations';
import { createAppDirectory } from './chat-apps/directory.ts';
import { addChatAppRoutes } from './chat-apps/routes.ts';
import { addAttachmentRoutes } from './sessions/attachment-routes.ts';
import { addFeedbackRoutes } from './sessions/feedback-routes.ts';
import { addSessionRoutes } from './sessions/routes.ts';

export interface RegistryApiOptions {
  signIn: SignInOptions;
  catalog: Pick<CatalogStore, 'getLive' | 'listLive'>;
  conversations: ConversationStore;
  /** Where the files of sessions are. */
  files: FilesBucket;
  /** What agents without a model of their own use. */
  model: ModelSettings;
  /** Seconds from SIGTERM to SIGKILL. */
  stopSeconds?: number;
  log?: Log;
}

/** Creates the service that shows chat apps and keeps conversations. Nothing runs until it listens. */
export function createRegistryApi(options: RegistryApiOptions): Service {
  const { conversations, files, log, stopSeconds } = options;
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
  const removeFiles = createSessionFileRemover(files);
  addSessionRoutes(app, { conversations, directory, removeFiles });
  addAttachmentRoutes(app, {
    conversations,
    directory,
    removeFiles,
    uploads: createUploads(files),
    attachments: createAttachments(files),
  });
  addFeedbackRoutes(app, { conversations });
  return service;
}
