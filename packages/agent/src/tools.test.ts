import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { frame } from './testing/event-stream.ts';
import { toolNamed } from './testing/run.ts';
import { createLambdaToolInvoker, createToolClient, type ToolInvoker } from './tools.ts';

const forecast = { ...toolNamed('forecast', 'Weather forecast'), timeoutSeconds: 1 };
const context = { runId: 'run-1', toolCallId: 'call-1', app: 'weather', user: 'user-1' };

interface Lambda extends AsyncDisposable {
  invoker: ToolInvoker;
  requests: { path: string; payload: unknown }[];
}

/** The Lambda API on loopback: every invocation gets this answer. */
async function lambdaAnswering(answer: (response: ServerResponse) => void): Promise<Lambda> {
  const requests: Lambda['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({
        path: decodeURIComponent(request.url!),
        payload: JSON.parse(Buffer.concat(chunks).toString()),
      });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createToolClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    invoker: createLambdaToolInvoker({ client, marginSeconds: 0 }),
    requests,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answers(body: string, headers: Record<string, string> = {}, status = 200) {
  return (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

const functionError = { 'x-amz-function-error': 'Unhandled' };

function call(invoker: ToolInvoker, signal = new AbortController().signal) {
  return invoker.invoke({ tool: forecast, input: { city: 'Lisbon' }, context, signal });
}

describe('a tool behind the Lambda API', () => {
  it('is invoked by its ARN with input and context, and its output comes back', async () => {
    await using lambda = await lambdaAnswering(answers('{"ok":true,"output":{"sky":"sunny"}}'));
    expect(await call(lambda.invoker)).toEqual({ ok: true, output: { sky: 'sunny' } });
    expect(lambda.requests).toEqual([
      {
        path: `/2015-03-31/functions/${forecast.functionArn}/invocations`,
        payload: { input: { city: 'Lisbon' }, context },
      },
    ]);
  });

  it('passes on the tool’s own failure', async () => {
    await using lambda = await lambdaAnswering(
      answers('{"ok":false,"error":{"code":"invalid-input","message":"city: expected a city"}}'),
    );
    expect(await call(lambda.invoker)).toEqual({
      ok: false,
      error: { code: 'invalid-input', message: 'city: expected a city' },
    });
  });

  it.each([
    [
      'threw',
      answers(
        '{"errorType":"TypeError","errorMessage":"x is not a function","trace":["at secret"]}',
        functionError,
      ),
      'tool-failed',
      /failed: x is not a function$/,
    ],
    [
      'ran out of its time',
      answers(
        '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 1 Error: Task timed out after 1.00 seconds"}',
        functionError,
      ),
      'tool-timed-out',
      /did not answer within 1 seconds/,
    ],
    [
      'ran out of memory',
      answers(
        '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}',
        functionError,
      ),
      'tool-failed',
      /more memory than it has.*give it more/,
    ],
    [
      'ran out of the memory that its engine manages',
      answers(
        '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: aborted"}',
        functionError,
      ),
      'tool-failed',
      /more memory than it has/,
    ],
    [
      'ended its process',
      answers(
        '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: exit status 7"}',
        functionError,
      ),
      'tool-failed',
      /ended before it could answer \(exit status 7\).*log/,
    ],
    [
      'answered too much',
      answers(
        '{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}',
        functionError,
      ),
      'tool-output-too-large',
      /more than 6 MB/,
    ],
    ['said nothing of its error', answers('gibberish', functionError), 'tool-failed', /failed\.$/],
    ['answered no JSON', answers('gibberish'), 'tool-failed', /no tool result/],
    ['answered other JSON', answers('{"sky":"sunny"}'), 'tool-failed', /no tool result/],
    ['answered nothing', answers(''), 'tool-failed', /no tool result/],
    [
      'is gone',
      answers('{"Message":"Function not found"}', { 'x-amzn-errortype': 'ResourceNotFoundException' }, 404),
      'tool-unavailable',
      /Deploy its stack/,
    ],
    [
      'may not be called',
      answers('{"Message":"no"}', { 'x-amzn-errortype': 'AccessDeniedException' }, 403),
      'tool-unavailable',
      /may not be called/,
    ],
    [
      'is throttled',
      answers(
        '{"Reason":"ConcurrentInvocationLimitExceeded"}',
        { 'x-amzn-errortype': 'TooManyRequestsException' },
        429,
      ),
      'tool-unavailable',
      /too often/,
    ],
    [
      'is given too much',
      answers('{"message":"too large"}', { 'x-amzn-errortype': 'RequestTooLargeException' }, 413),
      'tool-output-too-large',
      /more than 6 MB/,
    ],
    [
      'breaks the connection',
      (response: ServerResponse) => response.destroy(),
      'tool-unavailable',
      /could not be reached/,
    ],
  ])('gives a typed failure when the function %s', async (_, answer, code, message) => {
    await using lambda = await lambdaAnswering(answer);
    expect(await call(lambda.invoker)).toEqual({
      ok: false,
      error: { code, message: expect.stringMatching(message) as string },
    });
  });

  it('does not wait for other calls, however many are under way', async () => {
    const waiting: ServerResponse[] = [];
    await using lambda = await lambdaAnswering((response) => {
      if (waiting.push(response) < 60) return;
      for (const each of waiting) answers('{"ok":true,"output":null}')(each);
    });
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => call(lambda.invoker)));
    expect(outcomes).toEqual(Array(60).fill({ ok: true, output: null }));
  });

  it('is not waited for longer than its timeout and a margin', async () => {
    await using lambda = await lambdaAnswering(() => undefined);
    const tool = { ...forecast, timeoutSeconds: 0.05 };
    const outcome = lambda.invoker.invoke({ tool, input: {}, context, signal: new AbortController().signal });
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'tool-timed-out' } });
  });

  it('is called without streaming where the region does not have that, and then once', async () => {
    await using lambda = await lambdaAnswering((response) => {
      const isStreamed = response.req.url!.includes('response-streaming');
      const unknown = { 'x-amzn-errortype': 'UnknownOperationException' };
      return isStreamed ? answers('{}', unknown, 404)(response) : answers('{"ok":true,"output":1}')(response);
    });
    const outcome = lambda.invoker.invoke({
      tool: { ...forecast, streams: true },
      input: {},
      context,
      signal: new AbortController().signal,
    });
    expect(await outcome).toEqual({ ok: true, output: 1 });
    expect(lambda.requests.map(({ path }) => path.split('/').at(-1))).toEqual([
      'response-streaming-invocations',
      'invocations',
    ]);
  });

  it.each([
    [
      'Unhandled',
      'RequestId: 1 Error: Task timed out after 1.00 seconds',
      'tool-timed-out',
      /within 1 seconds/,
    ],
    [
      'Unhandled',
      'RequestId: 1 Error: Runtime exited with error: exit status 7',
      'tool-failed',
      /exit status 7/,
    ],
    [
      'Unhandled',
      '{"errorType":"TypeError","errorMessage":"x is not a function"}',
      'tool-failed',
      /x is not a/,
    ],
    ['Runtime.StreamError', '', 'tool-failed', /failed\.$/],
  ])(
    'gives a typed failure when a stream ends with %s and says: %s',
    async (ErrorCode, ErrorDetails, code, message) => {
      const end = frame(
        { ':message-type': 'event', ':event-type': 'InvokeComplete' },
        JSON.stringify({ ErrorCode, ErrorDetails }),
      );
      await using lambda = await lambdaAnswering((response) =>
        response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(end),
      );
      const tool = { ...forecast, streams: true as const };
      const signal = new AbortController().signal;
      expect(await lambda.invoker.invoke({ tool, input: {}, context, signal })).toEqual({
        ok: false,
        error: { code, message: expect.stringMatching(message) as string },
      });
    },
  );

  it('that streams is hung up on when the signal aborts', async () => {
    const hungUp = Promise.withResolvers<void>();
    const stop = new AbortController();
    await using lambda = await lambdaAnswering((response) => {
      response.on('close', () => hungUp.resolve());
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      const line = JSON.stringify({ progress: { percent: 1 } });
      response.write(frame({ ':message-type': 'event', ':event-type': 'PayloadChunk' }, `${line}\n`));
    });
    const tool = { ...forecast, streams: true as const };
    const onProgress = () => stop.abort(new Error('stopped'));
    const outcome = lambda.invoker.invoke({ tool, input: {}, context, signal: stop.signal, onProgress });
    await expect(outcome).rejects.toThrow('stopped');
    await hungUp.promise;
  });

  it('that streams is not trusted with what its progress says', async () => {
    await using lambda = await lambdaAnswering((response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      const said = { progress: { percent: 100 / 3, text: 'Paying\u202e eerht\u001b[31m' } };
      const lines = `${JSON.stringify(said)}\n${JSON.stringify({ ok: true, output: 1 })}\n`;
      response.end(frame({ ':message-type': 'event', ':event-type': 'PayloadChunk' }, lines));
    });
    const heard: unknown[] = [];
    const tool = { ...forecast, streams: true as const };
    const signal = new AbortController().signal;
    const onProgress = (progress: unknown) => void heard.push(progress);
    await lambda.invoker.invoke({ tool, input: {}, context, signal, onProgress });
    expect(heard).toEqual([{ percent: 33.3, text: 'Paying eerht [31m' }]);
  });

  it('is left at once when the signal aborts', async () => {
    const asked = Promise.withResolvers<void>();
    await using lambda = await lambdaAnswering(() => asked.resolve());
    const stop = new AbortController();
    const outcome = call(lambda.invoker, stop.signal);
    await asked.promise;
    stop.abort(new Error('stopped'));
    await expect(outcome).rejects.toThrow('stopped');
  });
});
