import type { ModelSettings } from '@parley/contract/model';
import { describe, expect, it } from 'vitest';
import { modelHistory } from '../history.ts';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from '../testing/run.ts';
import { callReply, startOpenAiServer, textReply, usageChunk } from '../testing/openai-server.ts';
import { ContextWindow } from './context-window.ts';
import { modelWindow } from './model-window.ts';
import { saidTokens } from './overflow.ts';

const look = toolNamed('look', 'Looks it up', { what: { type: 'string' } });

describe('the window of a model', () => {
  const bedrock = (modelId: string): ModelSettings => ({ provider: 'bedrock', modelId });
  const hosted = (model: string): ModelSettings => ({
    provider: 'openai-compatible',
    baseUrl: 'http://localhost:1/v1',
    model,
  });
  it.each<[ModelSettings, number]>([
    [bedrock('eu.anthropic.claude-sonnet-4-6'), 200_000],
    [bedrock('amazon.nova-pro-v1:0'), 300_000],
    [bedrock('arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0'), 128_000],
    [bedrock('arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc'), 32_000],
    [{ provider: 'anthropic', model: 'claude-opus-4-5', apiKeyEnv: 'KEY' }, 200_000],
    [hosted('gpt-4.1-mini'), 1_000_000],
    [hosted('llama3.2'), 32_000],
    [{ ...hosted('llama3.2'), contextTokens: 8_192 }, 8_192],
    [{ provider: 'demo' }, 200_000],
  ])('of %j is %i tokens', (settings, tokens) => {
    expect(modelWindow(settings).tokens).toBe(tokens);
  });

  it('keeps room for the answer that the settings allow, but half of it for what is read', () => {
    const settings = {
      provider: 'anthropic',
      model: 'claude',
      apiKeyEnv: 'KEY',
      contextTokens: 40_000,
    } as const;
    expect(modelWindow({ ...settings, maxTokens: 8_000 }).answer).toBe(8_000);
    expect(modelWindow({ ...settings, maxTokens: 64_000 }).answer).toBe(20_000);
    expect(modelWindow({ provider: 'demo', contextTokens: 2_000 }).answer).toBe(500);
  });
});

describe('providers’ words for what is too long', () => {
  it.each([
    ['prompt is too long: 210000 tokens > 200000 maximum', { limit: 200_000, sent: 210_000 }],
    ['input length and `max_tokens` exceed context limit: 199000 + 32000 > 200000', { limit: 200_000 }],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9,100 tokens (9100 in the messages)",
      { limit: 8_192, sent: 9_100 },
    ],
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
      { limit: 128_000, sent: 130_001 },
    ],
    ['request (9100 tokens) exceeds the available context size (4096 tokens)', { limit: 4_096, sent: 9_100 }],
    ['Input is too long for requested model.', {}],
  ])('say in numbers: %s', (words, said) => {
    expect(saidTokens(words)).toEqual(said);
  });
});

describe('a run whose conversation outgrows the model', () => {
  const model = { provider: 'demo', contextTokens: 4_000 } as const;
  const history = [
    ...Array.from({ length: 10 }, (_, i) => [
      userMessage(`Question ${i} ${'x'.repeat(2_000)}`),
      assistantMessage([{ type: 'text', text: 'Yes.' }]),
    ]).flat(),
    userMessage('What can you do?'),
  ];

  it('reads the newest messages, says how many, and stores the same as ever', async () => {
    const stored = JSON.stringify(history);
    const run = await record({ history, model });
    expect(run.outcome.finish).toBe('finished');
    expect(run.types.slice(0, 4)).toEqual(['start', 'start-step', 'data-context', 'text-start']);
    expect(run.events.find(({ type }) => type === 'data-context')).toEqual({
      type: 'data-context',
      id: 'context',
      data: { read: 11, of: 21, trimmed: 0 },
    });
    expect(JSON.stringify(history)).toBe(stored);
    expect((await record({ history, model: { provider: 'demo' } })).types).not.toContain('data-context');
  });

  it('reads no more than half of the run’s token budget, so that it can call a tool and answer', async () => {
    const run = await record({
      history,
      model: { provider: 'demo' },
      budget: { turns: 5, tokens: 4_000, seconds: 9 },
    });
    expect(run.outcome.finish).toBe('finished');
    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'data-context', data: { read: 7, of: 21, trimmed: 0 } }),
    );
  });

  it('trims what tools answer before the model reads it, and leaves it whole in the log', async () => {
    await using server = await startOpenAiServer(
      callReply('look', { what: 'a' }, usageChunk(10, 5)),
      callReply('look', { what: 'b' }, usageChunk(10, 5)),
      textReply('Done.'),
    );
    const run = await record({
      agent: agentWith([look]),
      tools: invokerOf(() => 'z'.repeat(12_000)),
      model: { provider: 'openai-compatible', baseUrl: server.baseUrl, model: 'm', contextTokens: 5_000 },
    });
    expect(run.text).toBe('Done.');
    const sizes = server.requests.map(({ messages }) => JSON.stringify(messages).length);
    for (const size of sizes) expect(size).toBeLessThan(5_000 * 4);
    const last = server.requests[2]!.messages.filter(({ role }) => role === 'tool').map(
      ({ content }) => content,
    );
    expect(last).toEqual([
      expect.stringMatching(
        /^[^z]*z{500}\\n\[trimmed: 11,500 more characters; call the tool again if needed][^z]*$/,
      ),
      expect.stringMatching(/^[^z]*"z{12000}"[^z]*$/),
    ]);
    const outputs = run.events.flatMap((event) =>
      event.type === 'tool-output-available' ? [event.output] : [],
    );
    expect(outputs).toEqual(['z'.repeat(12_000), 'z'.repeat(12_000)]);
    expect(run.events.findLast(({ type }) => type === 'data-context')).toMatchObject({
      data: { read: 1, of: 1 },
    });
  });

  it('fails before the model is called when the instructions leave no room', async () => {
    const agent = agentWith([], { instructions: 'Be kind. '.repeat(2_000) });
    const { outcome } = await record({ agent, model });
    expect(outcome.error).toMatchObject({
      code: 'context-overflow',
      message: expect.stringMatching(/instructions and tools alone are about 4,5\d\d tokens/) as string,
    });
  });

  it('sends less once the provider has counted more than was estimated', () => {
    const read = modelHistory(history);
    const window = new ContextWindow({ provider: 'demo', contextTokens: 8_000 }, read, 1_000_000);
    const first = window.fit(read.messages);
    window.counted(first.tokens * 2);
    const second = window.fit(read.messages);
    expect(second.tokens).toBeLessThanOrEqual(8_000 / 2);
    window.counted(1); // a provider that counts nothing, or only what it had not cached
    expect(window.fit(read.messages).tokens).toBe(second.tokens);
  });
});
