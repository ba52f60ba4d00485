import { describe, expect, it } from 'vitest';
import type { Service } from './server.ts';
import { lines, noteService, problemOf } from './testing/note-service.ts';

describe('input', () => {
  const post = (app: Service['app'], body: string) =>
    app.request('/notes', { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it('is parsed by the schema', async () => {
    const response = await post(noteService().app, '{"title":"a"}');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ title: 'a', tags: [] });
  });

  it('names every wrong field, the value got and what was expected', async () => {
    const problem = await problemOf(await post(noteService().app, '{"title":7,"tags":["a",2],"x":1}'));
    expect(problem).toMatchObject({ status: 400, code: 'bad-request', field: 'title' });
    expect(problem.message).toContain('title: expected string, received number, got 7');
    expect(problem.message).toContain('tags[1]: expected string, received number, got 2');
    expect(problem.message).toContain('unknown key "x"');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"title":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
  ])('is refused when it is %s', async (_, body) => {
    const problem = await problemOf(await post(noteService().app, body));
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
    expect(problem.message).toContain('The request body');
  });

  it('never has the text of a broken body in the answer or the log', async () => {
    const response = await post(noteService().app, '{"title": my secret diary');
    expect(await response.text()).not.toContain('secret');
    expect(lines.join('')).not.toContain('secret');
  });

  it('is refused with 413 when larger than the limit, whatever the length header says', async () => {
    const { app } = noteService({ bodyBytesMax: 100 });
    const large = JSON.stringify({ title: 'x'.repeat(200) });
    expect(await problemOf(await post(app, large))).toMatchObject({ status: 413, code: 'too-large' });
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i += 1) controller.enqueue(new TextEncoder().encode('0123456789'));
        controller.close();
      },
    });
    const request = new Request('http://localhost/notes', { method: 'POST', body, duplex: 'half' });
    expect((await app.request(request)).status).toBe(413);
  });

  it('from the query is checked as well', async () => {
    const { app } = noteService();
    expect(await (await app.request('/notes?limit=3')).json()).toEqual({ limit: 3 });
    expect(await problemOf(await app.request('/notes?limit=300'))).toMatchObject({
      status: 400,
      field: 'limit',
    });
    expect(await problemOf(await app.request('/notes?limit=3&limt=4'))).toMatchObject({ status: 400 });
  });
});
