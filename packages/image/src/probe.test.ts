import { writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { probe } from './probe.ts';
import { createServiceFolder } from './testing/service-folder.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUp.splice(0)) await remove();
});

async function probeOf(files: Record<string, string>, change: object = {}, withinMs?: number): Promise<void> {
  const { service, remove } = await createServiceFolder(files);
  cleanUp.push(remove);
  await probe({ ...service, ...change }, withinMs === undefined ? {} : { withinMs });
}

const server = (status: string): string => `
  import { createServer } from 'node:http';
  createServer((request, response) => response.writeHead(${status}).end())
    .listen(Number(process.env.PORT), process.env.PARLEY_HOST);
`;

test('a service that answers at its health path passes', async () => {
  const files = { 'server.mjs': server("request.url === '/health' ? 200 : 404") };
  await expect(probeOf(files)).resolves.toBeUndefined();
});

test('a variable that only a deploy knows has a value, and those of the template have theirs', async () => {
  const files = {
    'server.mjs': server('new URL(process.env.ISSUER) && process.env.MODEL === "demo" ? 200 : 500'),
  };
  const environment = { ISSUER: undefined, MODEL: 'demo' };
  await expect(probeOf(files, { environment })).resolves.toBeUndefined();
});

test('a file that is not in the folder is missed, although it lies in the workspace', async () => {
  const { service, root, remove } = await createServiceFolder({
    'server.mjs': "import '../../left-out.mjs';",
  });
  cleanUp.push(remove);
  await writeFile(`${root}/apps/left-out.mjs`, server('200'));
  const failure = await probe(service).catch((error: Error) => error);
  expect(failure).toMatchObject({ name: 'ImageError', code: 'probe-failed' });
  expect(String(failure)).toMatch(
    /The image of @test\/echo would not run.* it ended with code 1 before it answered/,
  );
  expect(String(failure)).toMatch(/It printed:[^]*Cannot find module .*left-out\.mjs/);
});

test('a service that is not healthy fails with what it answered and printed', async () => {
  const files = { 'server.mjs': `console.log('no table called orders');${server('503')}` };
  await expect(probeOf(files, {}, 5000)).rejects.toThrow(
    /it answered 503 at \/health in time\. It printed:\nno table called orders$/,
  );
});

test('a service that listens elsewhere is told of the port it was given', async () => {
  const files = { 'server.mjs': 'setInterval(() => {}, 1000)' };
  await expect(probeOf(files, {}, 1000)).rejects.toThrow('nothing listens on the port it was given in PORT');
});

test('what is no Node program is not guessed at', async () => {
  await expect(probeOf({ 'main.py': '' }, { command: ['python', 'main.py'] })).rejects.toThrow(
    'would run ["python","main.py"]: expected a Node program',
  );
});
