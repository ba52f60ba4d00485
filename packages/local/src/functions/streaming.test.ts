import { InvokeCommand, InvokeWithResponseStreamCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { createLambdaToolInvoker, type ToolOutcome } from '@parley/agent/tools';
import type { LambdaToolDefinition } from '@parley/contract/agent';
import type { ToolProgress } from '@parley/contract/tool-progress';
import { lambda } from '@parley/assembly/testing';
import { bundle } from '@parley/bundle/bundle';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine } from '../testing/machine.ts';
import { sampleClients } from '../testing/sample-clients.ts';
import { echoProgram, echoService, foundation } from '../testing/sample-stacks.ts';

/** A tool as its author writes it, which the build makes a function. */
const tool = `
  import { defineTool, toolHandler } from '@parley/contract/tool';
  import { setTimeout as delay } from 'node:timers/promises';
  import { z } from 'zod';
  export const handler = toolHandler(defineTool({
    name: 'reader',
    description: 'Reads',
    input: z.object({ do: z.string(), file: z.string().optional() }),
    handler: async (input, { progress }) => {
      for (let page = 1; page <= 1000; page += 1) await progress({ percent: page / 10, text: 'Page ' + page });
      switch (input.do) {
        case 'fail': throw new Error('There is no page 8.');
        case 'misuse': await progress({ percent: 'half' });
        case 'exit': await delay(300); process.exit(7);
        case 'hang': await new Promise(() => setInterval(() => undefined, 1000));
        case 'big': return 'x'.repeat(7 * 1024 * 1024);
        default: await delay(300); return { pages: 7 };
      }
    },
  }));`;

/** Functions that stream what no tool should, and one that does not stream at all. */
const odd = `
  const result = { ok: true, output: 'fine' };
  const line = (value) => JSON.stringify(value) + '\\n';
  const progress = (text) => line({ progress: { text } });
  const answers = {
    halves: (out) => { for (const byte of Buffer.from(progress('Größe 📏') + line(result))) out.write(Buffer.of(byte)); },
    newer: (out) => out.write(line({ progress: { text: 'New', mood: 'good' } }) + line({ progress: { mood: 'bad' } }) + line(result)),
    'no-end': (out) => out.write(JSON.stringify(result)),
    'half-line': (out) => out.write(progress('x') + '{"ok":true,"outp'),
    bytes: (out) => out.write(Buffer.concat([Buffer.from('{"progress":{"text":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}}\\n' + line(result))])),
    garbage: (out) => out.write(progress('x') + 'not JSON\\n' + line(result)),
    wrong: (out) => out.write(line({ progress: { percent: 'half' } }) + line(result)),
    after: (out) => out.write(line(result) + progress('late')),
    twice: (out) => out.write(line(result) + line(result)),
    nothing: () => undefined,
    'only-progress': (out) => out.write(progress('x')),
    'no-line': (out) => out.write('x'.repeat(7 * 1024 * 1024)),
    endless: async (out) => { for (;;) if (!out.write(progress('x'.repeat(1e6)))) await new Promise((go) => out.once('drain', go)); },
    throws: (out) => { out.write(progress('x')); throw new TypeError('thrown in the middle'); },
  };
  export const handler = awslambda.streamifyResponse(async ({ input }, out) => {
    await answers[input.do](out);
    out.end();
  });
  export const plain = async ({ input }) => (input.do === 'throw' ? Promise.reject(new TypeError('thrown at once')) : result);`;

const timeoutSeconds = { reader: 2, odd: 60, plain: 5 };

let machine: Machine;
let client: LambdaClient;

beforeAll(async () => {
  machine = await Machine.create();
  await bundle({
    folder: join(import.meta.dirname, '../..'),
    entry: { text: tool },
    outfile: join(machine.folder, 'tool.mjs'),
  });
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start([
    foundation(),
    echoService(),
    {
      name: 'sample-functions',
      Resources: {
        Reader: lambda('reader', { FunctionName: 'sample-reader', Timeout: timeoutSeconds.reader }),
        Odd: lambda('odd', { FunctionName: 'sample-odd', Timeout: timeoutSeconds.odd }),
        Plain: lambda('odd', { FunctionName: 'sample-plain', Handler: 'index.plain' }),
      },
      assets: {
        reader: { 'index.mjs': await readFile(join(machine.folder, 'tool.mjs'), 'utf8') },
        odd: { 'index.mjs': odd },
      },
    },
  ]);
  client = (await sampleClients(machine)).lambda;
});
afterAll(() => machine.remove());

async function call(
  name: keyof typeof timeoutSeconds,
  what: string,
  { streams = true, stop = undefined as AbortController | undefined } = {},
): Promise<{ outcome: ToolOutcome; told: ToolProgress[] }> {
  const told: ToolProgress[] = [];
  const tool: LambdaToolDefinition = {
    name,
    description: name,
    input: { type: 'object' },
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:sample-${name}`,
    timeoutSeconds: timeoutSeconds[name],
    ...(streams && { streams: true as const }),
  };
  const outcome = await createLambdaToolInvoker({ client }).invoke({
    tool,
    input: { do: what },
    context: { runId: 'r', toolCallId: 'c', app: 'a', user: 'u' },
    signal: (stop ?? new AbortController()).signal,
    onProgress: (progress) => {
      told.push(progress);
      stop?.abort(new Error('stopped'));
    },
  });
  return { outcome, told };
}

const failed = (message: string | RegExp, code = 'tool-failed') => ({
  ok: false,
  error: { code, message: expect.stringMatching(message) as string },
});

describe('a tool that reports its progress', () => {
  test('tells the first and the newest before its answer, however often it speaks', async () => {
    const { outcome, told } = await call('reader', 'read');
    expect(outcome).toEqual({ ok: true, output: { pages: 7 } });
    expect(told).toEqual([
      { percent: 0.1, text: 'Page 1' },
      { percent: 100, text: 'Page 1000' },
    ]);
  });

  test.each([
    ['fails', 'fail', failed(/^There is no page 8\.$/)],
    [
      'says what is no progress',
      'misuse',
      failed(/progress is not usable: percent: expected number.*got "half"/),
    ],
    ['ends its process', 'exit', failed(/ended before it could answer \(exit status 7\)/)],
    ['does not end', 'hang', failed(/did not answer within 2 seconds/, 'tool-timed-out')],
    ['answers too much', 'big', failed(/more than 6 MB/, 'tool-output-too-large')],
  ])('and then %s, has that as its outcome', async (_, what, outcome) => {
    const { outcome: got, told } = await call('reader', what);
    expect(got).toEqual(outcome);
    expect(told[0]).toEqual({ percent: 0.1, text: 'Page 1' });
    expect((await call('reader', 'read')).outcome).toEqual({ ok: true, output: { pages: 7 } });
  });

  test('is left at once when it is stopped', async () => {
    await expect(call('reader', 'hang', { stop: new AbortController() })).rejects.toThrow('stopped');
  });

  test('answers who waits for all of it, too', async () => {
    const { outcome, told } = await call('reader', 'read', { streams: false });
    expect([outcome, told]).toEqual([{ ok: true, output: { pages: 7 } }, []]);
    const Payload = Buffer.from(JSON.stringify({ input: { do: 'throws' } }));
    const answer = await client.send(new InvokeCommand({ FunctionName: 'sample-odd', Payload }));
    expect([answer.FunctionError, answer.Payload?.transformToString()]).toEqual([
      'Unhandled',
      expect.stringContaining('thrown in the middle'),
    ]);
  });
});

const fine = { ok: true, output: 'fine' };

test.each([
  ['whose bytes come one by one', 'halves', fine, [{ text: 'Größe 📏' }]],
  ['of a newer tool, with what is unknown here', 'newer', fine, [{ text: 'New' }]],
  ['whose last line has no end', 'no-end', fine, []],
  ['that ends in half a line', 'half-line', failed(/no tool result/), [{ text: 'x' }]],
  ['with bytes that are no text', 'bytes', failed(/no tool result/), []],
  ['with a line that is no JSON', 'garbage', failed(/no tool result/), [{ text: 'x' }]],
  ['with a progress that is none', 'wrong', failed(/no tool result/), []],
  ['with a progress after the result', 'after', failed(/no tool result/), []],
  ['with two results', 'twice', failed(/no tool result/), []],
  ['of nothing', 'nothing', failed(/no tool result/), []],
  ['without a result', 'only-progress', failed(/no tool result/), [{ text: 'x' }]],
  ['of one line that is too long', 'no-line', failed(/more than 6 MB/, 'tool-output-too-large'), []],
  ['that breaks off with an error', 'throws', failed(/failed: thrown in the middle$/), [{ text: 'x' }]],
])('a stream %s is read as far as it goes, and is an answer or a failure', async (_, what, outcome, told) => {
  expect(await call('odd', what)).toEqual({ outcome, told });
});

test('a stream without end is ended, and the next call works', async () => {
  const { outcome } = await call('odd', 'endless');
  expect(outcome).toEqual(failed(/more than 6 MB/, 'tool-output-too-large'));
  expect((await call('odd', 'no-end')).outcome).toEqual(fine);
});

test('a function that does not stream answers in one piece, or fails as it does', async () => {
  expect(await call('plain', 'answer')).toEqual({ outcome: fine, told: [] });
  expect((await call('plain', 'throw')).outcome).toEqual(failed(/failed: thrown at once$/));
});

test('a function that does not exist is an error of the call, not of its stream', async () => {
  const command = new InvokeWithResponseStreamCommand({ FunctionName: 'nobody' });
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
