import { runService } from '@parley/service/server';
import { signInOptions } from '@parley/service/sign-in';
import { createFilesClient } from '@parley/session-files/client';
import { createCatalogStore } from '@parley/store/catalog';
import { createStoreClient } from '@parley/store/client';
import { createConversationStore } from '@parley/store/conversations';
import { createRegistryApi } from './app.ts';
import { registryApiConfig } from './config.ts';

const config = registryApiConfig();
const client = createStoreClient();

const service = createRegistryApi({
  signIn: signInOptions(config),
  catalog: createCatalogStore({ client, tableName: config.catalogTable }),
  conversations: createConversationStore({ client, tableName: config.conversationsTable }),
  files: { client: createFilesClient(), bucket: config.attachmentsBucket },
  model: config.model,
  stopSeconds: config.stopSeconds,
});
for (const variable of config.unknownVariables) service.log.warn('unknown variable, misspelt?', { variable });
await runService(service, { port: config.port, host: config.host });
