import { afterEach } from 'vitest';
import { z } from 'zod';
import { readJson, readQuery } from '../input.ts';
import { createLog } from '../log.ts';
import { createService, type Service, type ServiceOptions } from '../server.ts';

/** What the services of this file's tests logged, line by line. */
export const lines: string[] = [];
const open: Service[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.stop()));
  lines.length = 0;
});

/** A service without routes of its own; stopped after the test. */
export function testService(options: Partial<ServiceOptions> = {}): Service {
  const log = createLog({ fields: { service: 'test' }, write: (line) => lines.push(line) });
  const service = createService({ name: 'test', healthPath: '/health', log, stopSeconds: 5, ...options });
  open.push(service);
  return service;
}

/** The same, parsed. */
export const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

const note = z.strictObject({ title: z.string().min(1), tags: z.array(z.string()).default([]) });

/** A service that takes notes: one route per method, a body, a query. */
export function noteService(options: Partial<ServiceOptions> = {}) {
  const service = testService(options);
  service.app.post('/notes', async (c) => c.json(await readJson(c, note), 201));
  service.app.get('/notes', (c) =>
    c.json(readQuery(c, z.strictObject({ limit: z.coerce.number().max(10) }))),
  );
  service.app.delete('/notes/:id', (c) => c.body(null, 204));
  return service;
}

/** Status and error of an answer. */
export async function problemOf(response: Response) {
  const body = (await response.json()) as { error: { code: string; message: string; field?: string } };
  return { status: response.status, ...body.error };
}
