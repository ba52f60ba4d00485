import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { HttpError } from './errors.ts';
import { lines, logged, noteService, problemOf, testService } from './testing/note-service.ts';

describe('every answer', () => {
  it('carries a request id and security headers', async () => {
    const response = await testService().app.request('/health');
    expect(await response.json()).toEqual({ status: 'ok', service: 'test', version: '0.1.0' });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('keeps the security headers when it is an error', async () => {
    const response = await testService().app.request('/nowhere');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-request-id')).toBeTruthy();
  });

  it('keeps a caller’s request id only when it can stand in a log line', async () => {
    const { app } = testService();
    const given = async (id: string) =>
      (await app.request('/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await given('Root=1-67891233-abcdef012345678912345678')).toBe(
      'Root=1-67891233-abcdef012345678912345678',
    );
    expect(await given('two words')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await given('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('requests no route takes', () => {
  it('get 404 in the error format', async () => {
    const problem = await problemOf(await noteService().app.request('/nowhere'));
    expect(problem).toMatchObject({ status: 404, code: 'not-found' });
    expect(problem.message).toContain('/nowhere');
  });

  it('get 405 with the methods that work when only the method is wrong', async () => {
    const { app } = noteService();
    const response = await app.request('/notes', { method: 'PUT' });
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect((await app.request('/notes/7')).headers.get('allow')).toBe('DELETE');
  });
});

describe('errors', () => {
  it('that are meant for clients are shown with their code, message and field', async () => {
    const { app } = testService();
    app.get('/a', () => {
      throw new HttpError('conflict', 'taken', { field: 'name' });
    });
    class ForeignError extends Error {
      readonly code = 'not-found';
    }
    app.get('/b', () => {
      throw new ForeignError('no such thing');
    });
    expect(await problemOf(await app.request('/a'))).toMatchObject({
      status: 409,
      code: 'conflict',
      field: 'name',
    });
    expect(await problemOf(await app.request('/b'))).toMatchObject({ status: 404, message: 'no such thing' });
  });

  it.each([
    ['an error without a code', new Error('password is hunter2')],
    ['an error of the system', Object.assign(new Error('hunter2'), { code: 'ECONNREFUSED' })],
    [
      'an error whose code is a property of every object',
      Object.assign(new Error('hunter2'), { code: 'toString' }),
    ],
    ['an error that calls itself internal', Object.assign(new Error('hunter2'), { code: 'internal' })],
  ])(
    'that are not, such as %s, show the request id only and are logged with their stack',
    async (_, error) => {
      const { app } = testService();
      app.get('/', () => {
        throw new Error('outer hunter2', { cause: error });
      });
      app.get('/bare', () => {
        throw error;
      });
      for (const path of ['/', '/bare']) {
        const response = await app.request(path);
        const requestId = response.headers.get('x-request-id');
        const text = await response.text();
        expect(response.status).toBe(500);
        expect(text).not.toContain('hunter2');
        expect(text).toContain(requestId);
        const line = logged().find((each) => each['level'] === 'error' && each['requestId'] === requestId);
        expect(line?.['error']).toContain('hunter2');
        expect(line?.['error']).toContain('server.test.ts');
      }
    },
  );
});

describe('the log', () => {
  it('has one JSON line per request, without the query, the token or the body', async () => {
    const { app } = noteService();
    const headers = { authorization: 'Bearer secret-token', 'content-type': 'application/json' };
    await app.request('/notes?limit=3&q=secret', { headers });
    await app.request('/notes', { method: 'POST', headers, body: '{"title":"secret"}' });
    expect(logged()).toEqual([
      expect.objectContaining({ level: 'info', service: 'test', method: 'GET', path: '/notes', status: 400 }),
      expect.objectContaining({ method: 'POST', path: '/notes', status: 201 }),
    ]);
    expect(lines.join('')).not.toContain('secret');
  });

  it('leaves out health checks that succeed', async () => {
    await testService().app.request('/health');
    expect(lines).toEqual([]);
  });
});

describe('stopping', () => {
  it('finishes the open request, refuses new ones, then closes', async () => {
    const service = testService();
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    service.app.get('/slow', async (c) => {
      entered.resolve();
      await release.promise;
      return c.text('done');
    });
    const { port } = await service.listen({ port: 0, host: '127.0.0.1' });
    const answer = fetch(`http://127.0.0.1:${port}/slow`);
    await entered.promise;
    const stopped = service.stop();
    expect(service.stopping.aborted).toBe(true);
    expect(await problemOf(await service.app.request('/health'))).toMatchObject({
      status: 503,
      code: 'shutting-down',
    });
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');
    release.resolve();
    expect(await (await answer).text()).toBe('done');
    await stopped;
  });

  it('waits for the hook, and cuts idle connections', async () => {
    const order: string[] = [];
    const hook = Promise.withResolvers<void>();
    const service = testService({
      onStop: async () => {
        order.push('hook begins');
        await hook.promise;
        order.push('hook ends');
      },
    });
    const { port } = await service.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    const stopped = service.stop().then(() => order.push('stopped'));
    hook.resolve();
    await Promise.all([stopped, ended]);
    expect(order).toEqual(['hook begins', 'hook ends', 'stopped']);
  });

  it('tells the hook when time is up, and ends even when the hook and a request hang', async () => {
    const told = Promise.withResolvers<void>();
    const service = testService({
      stopSeconds: 0.1,
      onStop: (timeIsUp) => {
        timeIsUp.addEventListener('abort', () => told.resolve());
        return new Promise(() => {});
      },
    });
    const entered = Promise.withResolvers<void>();
    service.app.get('/hang', () => {
      entered.resolve();
      return new Promise<Response>(() => {});
    });
    const { port } = await service.listen({ port: 0, host: '127.0.0.1' });
    const answer = fetch(`http://127.0.0.1:${port}/hang`).catch(() => 'cut');
    await entered.promise;
    await service.stop();
    await told.promise;
    expect(await answer).toBe('cut');
  });

  it('goes on when the hook fails, and logs why', async () => {
    const service = testService({ onStop: () => Promise.reject(new Error('the table is gone')) });
    await service.listen({ port: 0, host: '127.0.0.1' });
    await service.stop();
    expect(logged().find(({ level }) => level === 'error')?.['error']).toContain('the table is gone');
  });
});

describe('listening', () => {
  it('fails with the port’s name when it is taken', async () => {
    const { port } = await testService().listen({ port: 0, host: '127.0.0.1' });
    await expect(testService().listen({ port, host: '127.0.0.1' })).rejects.toThrow(String(port));
  });
});
