import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createLog } from '@parley/service/log';
import { createTestIssuer } from '@parley/service/testing';
import { createFilesClient } from '@parley/session-files/client';
import { createCatalogStore } from '@parley/store/catalog';
import { createStoreClient } from '@parley/store/client';
import { createConversationStore } from '@parley/store/conversations';
import { expect, test } from 'vitest';
import { createRegistryApi } from './app.ts';

/** An address at which nothing listens. */
async function closedEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

test('a table that does not answer is 503 with when to try again, and the log says why', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const endpoint = await closedEndpoint();
  const client = createStoreClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const issuer = await createTestIssuer();
  const logged: string[] = [];
  const service = createRegistryApi({
    signIn: issuer,
    catalog: createCatalogStore({ client, tableName: 'catalog' }),
    conversations: createConversationStore({ client, tableName: 'conversations' }),
    files: { client: createFilesClient({ endpoint, region: 'us-east-1', credentials }), bucket: 'files' },
    model: { provider: 'demo' },
    log: createLog({ write: (line) => logged.push(line) }),
  });
  const response = await service.app.request('/api/sessions', { headers: await issuer.headers() });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await response.json()).toMatchObject({
    error: {
      code: 'unavailable',
      message: 'What is stored cannot be reached at the moment: try again in a few seconds.',
    },
  });
  expect(logged.join('\n')).toContain('ECONNREFUSED');
});
