import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { env } from '@parley/contract/names';
import { bucket, type World } from './world.ts';

/** The service as a process of its own, started by its real entry point. */
export interface Child {
  url: string;
  process: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  exited: Promise<number | string>;
}

const entry = fileURLToPath(new URL('../server.ts', import.meta.url));

export async function startChild(world: World, jwksUrl: string): Promise<Child> {
  const child = spawn(process.execPath, [entry], {
    env: environment(world, jwksUrl),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const { message, port } = JSON.parse(line) as { message: string; port?: number };
      if (message === 'listening' && port) resolve(port);
    });
    void exited.then((code) => reject(new Error(`the service ended at start with ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, process: child, exited };
}

/** What the template and local running set, and nothing of this process's own environment. */
function environment({ tables, edge, issuer }: World, jwksUrl: string): Record<string, string> {
  return {
    [env.port]: '0',
    [env.host]: '127.0.0.1',
    [env.catalogTable]: tables.catalogTable,
    [env.conversationsTable]: tables.conversationsTable,
    [env.attachmentsBucket]: bucket,
    [env.authIssuer]: issuer.issuer,
    [env.authScope]: issuer.scope,
    [env.authJwksUrl]: jwksUrl,
    [env.stopTimeout]: '20',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: edge.url,
    AWS_ENDPOINT_URL_S3: edge.url,
  };
}
