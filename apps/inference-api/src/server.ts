import { createLambdaToolInvoker, createToolClient } from '@parley/agent/tools';
import { runService } from '@parley/service/server';
import { signInOptions } from '@parley/service/sign-in';
import { createAttachments } from '@parley/session-files/attachments';
import { createFilesClient } from '@parley/session-files/client';
import { createLargeOutputKeeper } from '@parley/session-files/outputs';
import { createCatalogStore } from '@parley/store/catalog';
import { createStoreClient } from '@parley/store/client';
import { createConversationStore } from '@parley/store/conversations';
import { createRunLog } from '@parley/store/run-log';
import { createInferenceApi } from './app.ts';
import { inferenceConfig, secretReader } from './config.ts';

const config = inferenceConfig();
const client = createStoreClient();
const files = { client: createFilesClient(), bucket: config.attachmentsBucket };
const conversationsTable = { client, tableName: config.conversationsTable };

const service = createInferenceApi({
  signIn: signInOptions(config),
  catalog: createCatalogStore({ client, tableName: config.catalogTable }),
  conversations: createConversationStore(conversationsTable),
  runLog: createRunLog(conversationsTable),
  tools: createLambdaToolInvoker({ client: createToolClient() }),
  keepLargeOutput: createLargeOutputKeeper(files),
  attachments: createAttachments(files),
  model: config.model,
  budget: config.budget,
  modelOptions: { readSecret: secretReader(config.keyOrigins) },
  stopSeconds: config.stopSeconds,
});
for (const variable of config.unknownVariables) service.log.warn('unknown variable, misspelt?', { variable });
await runService(service, { port: config.port, host: config.host });
