import type { StreamEvent } from '@parley/contract/stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callReply, startOpenAiServer, textReply } from './testing/openai-server.ts';
import { agentWith, invokerOf, record, toolNamed } from './testing/run.ts';
import type { ToolCall } from './tools.ts';

const forecast = toolNamed('forecast', 'Weather forecast for a city', {
  city: { type: 'string', description: 'City' },
});
const ask = 'What is the weather in Lisbon?';

const progressIn = (events: StreamEvent[]): object[] =>
  events.flatMap((event) => (event.type === 'data-tool-progress' ? [event.data] : []));

test('of what a tool says between its input and its answer, the first is told, and the newest each half second', async () => {
  let call: ToolCall | undefined;
  const tools = invokerOf(async (asked) => {
    call = asked;
    for (let percent = 0; percent <= 50; percent += 1) asked.onProgress?.({ percent });
    await delay(600);
    asked.onProgress?.({ percent: 100 });
    return 'sunny';
  });
  const run = await record({ ask, agent: agentWith([forecast]), tools });
  call?.onProgress?.({ text: 'late' });
  const { toolCallId } = call!.context;
  expect(progressIn(run.events)).toEqual([
    { toolCallId, percent: 0 },
    { toolCallId, percent: 50 },
  ]);
  const types = run.types.filter((type) => type.includes('tool'));
  expect(types).toEqual([
    'tool-input-available',
    'data-tool-progress',
    'tool-output-available',
    'data-tool-duration',
  ]);
  expect(run.parts.find(({ type }) => type === 'dynamic-tool')).not.toHaveProperty('progress');
});

test('a run that is stopped says nothing more of a tool that goes on', async () => {
  const stop = new AbortController();
  let goOn = (): void => undefined;
  const tools = invokerOf(({ onProgress }) => {
    onProgress?.({ percent: 1 });
    goOn = () => onProgress?.({ percent: 2 });
    setImmediate(() => stop.abort());
    return new Promise(() => undefined);
  });
  const run = await record({ ask, agent: agentWith([forecast]), tools, signal: stop.signal });
  goOn();
  expect(run.types.slice(-2)).toEqual(['finish-step', 'abort']);
  expect(progressIn(run.events)).toEqual([expect.objectContaining({ percent: 1 })]);
});

test('words of a tool of a nested agent are shown at the question to that agent, percents are not', async () => {
  await using server = await startOpenAiServer(
    callReply('ask-expert', { question: 'Is it sunny?' }),
    callReply('forecast', { city: 'Lisbon' }),
    textReply('Yes, sunny.'),
    textReply('The expert says yes.'),
  );
  const tools = invokerOf(({ onProgress }) => {
    onProgress?.({ percent: 40, text: 'Asking the satellite' });
    return 'sunny';
  });
  const run = await record({
    agent: agentWith([], { id: 'chief', agents: ['expert'] }),
    model: { provider: 'openai-compatible', baseUrl: server.baseUrl, model: 'test-model' },
    tools,
    resolveAgent: () => Promise.resolve(agentWith([forecast], { id: 'expert' })),
  });
  const asked = run.events.find(({ type }) => type === 'tool-input-available');
  const { toolCallId } = asked as { toolCallId: string };
  expect(asked).toMatchObject({ toolName: 'ask-expert' });
  expect(progressIn(run.events)).toEqual([{ toolCallId, text: 'Asking the satellite' }]);
});
