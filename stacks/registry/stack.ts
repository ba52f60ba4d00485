import { HttpService } from '@parley/cdk/http-service';
import { parleyApp } from '@parley/cdk/parley-app';
import { AttachmentsBucket, DataTable } from '@parley/cdk/registry';
import { writeParameter } from '@parley/cdk/shared-parameter';
import { env, listenerRules, ssmPath } from '@parley/contract/names';
import { routes } from '@parley/contract/routes';
import { createBucket, createTable } from './data.ts';
import { createRegistrar } from './registrar.ts';
import { createSignIn } from './sign-in.ts';

/** What a stage knows: its chat apps, its conversations, its users; and the API over them. */
export const app = parleyApp(import.meta, (stack) => {
  // Chat-app stacks call the registrar to delete themselves. A guard inside the stack would only
  // leave it in DELETE_FAILED, so deleting it takes lifting this first.
  stack.terminationProtection = true;

  const catalogTable = createTable(stack, 'Catalog');
  const conversationsTable = createTable(stack, 'Conversations');
  const bucket = createBucket(stack);
  const signIn = createSignIn(stack);

  const catalog = new DataTable(stack, catalogTable.tableName, env.catalogTable);
  const conversations = new DataTable(stack, conversationsTable.tableName, env.conversationsTable);
  catalog.grantReadWrite(createRegistrar(stack));

  const api = new HttpService(stack, 'Api', {
    service: 'registry-api',
    workspace: '@parley/registry-api',
    rule: listenerRules.registryApi,
    healthPath: routes.health,
    // Only to tell users which model answers.
    environment: { [env.model]: JSON.stringify(stack.settings.model) },
  });
  catalog.grantRead(api);
  conversations.grantReadWrite(api);
  new AttachmentsBucket(bucket.bucketName).grantSessions(api);
  signIn.grantVerify(api);

  const { prefix } = stack;
  writeParameter(stack, ssmPath.registry(prefix, 'catalog-table'), catalogTable.tableName);
  writeParameter(stack, ssmPath.registry(prefix, 'conversations-table'), conversationsTable.tableName);
  writeParameter(stack, ssmPath.registry(prefix, 'attachments-bucket'), bucket.bucketName);
  writeParameter(stack, ssmPath.auth(prefix, 'issuer'), signIn.issuer);
  writeParameter(stack, ssmPath.auth(prefix, 'scope'), signIn.scope);
});
