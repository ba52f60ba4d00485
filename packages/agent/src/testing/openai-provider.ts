import * as openAi from './openai-server.ts';
import type { Provider } from './provider.ts';

export const openAiCompatible: Provider = {
  name: 'openai-compatible',
  settings: (origin) => ({
    provider: 'openai-compatible',
    baseUrl: `${origin}/v1`,
    model: 'test-model',
    apiKeyEnv: 'MODEL_KEY',
  }),
  whole: openAi.streamReply,
  hanging: openAi.hangingReply,
  broken: openAi.brokenReply,
  words: (...words) => words.map((content) => openAi.chunk({ content })),
  wordsEnd: [],
  call: (id, name, ...pieces) => [
    openAi.chunk({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }] }),
    ...pieces.map((piece) => openAi.chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ],
  end: (ending) => [
    openAi.chunk(
      {},
      { stop: 'stop', length: 'length', refused: 'content_filter', calls: 'tool_calls' }[ending],
    ),
    openAi.usageChunk(20, 5),
    openAi.done,
  ],
  malformed: 'data: {"choices": [{]}\n\n',
  errorWithin: 'data: {"error": {"message": "out of memory"}}\n\n',
  busyWithin: (words = 'Rate limit reached') =>
    `data: ${JSON.stringify({ error: { message: words, code: 'rate_limit_exceeded' } })}\n\n`,
  busy: (headers, words = 'slow down') => openAi.errorReply(429, words, headers),
  tooLong: [
    openAi.errorReply(400, "This model's maximum context length is 8192 tokens."),
    openAi.errorReply(400, 'the request exceeds the available context size, try increasing it'),
  ],
  tooLongFor: (sent, limit) =>
    openAi.errorReply(
      400,
      `This model's maximum context length is ${limit} tokens. However, you requested ${sent} tokens (${sent} in the messages).`,
    ),
  faults: [
    ['model-unavailable', /set a valid one/, openAi.errorReply(401, 'Invalid API key')],
    ['model-unavailable', /no such model/, openAi.errorReply(404, 'no such model')],
    ['model-failed', /bad request/, openAi.errorReply(400, 'bad request')],
    ['model-unavailable', /Check that it runs/, openAi.errorReply(500, 'broken')],
    ['model-unavailable', /not ready/, openAi.errorReply(503, 'loading the model')],
    ['model-failed', /model failed/, openAi.streamReply('data: nonsense\n\n')],
  ],
  conversation: (body) =>
    (body as openAi.ChatRequest).messages.flatMap(
      ({ role, content, tool_calls: calls, tool_call_id: id }) => [
        ...textsOf(content).map((text) => `${id ?? role}: ${text}`),
        ...(calls ?? []).map((each) => `${each.id} calls ${each.function.name} ${each.function.arguments}`),
      ],
    ),
};

function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return content === '' ? [] : [content];
  return Array.isArray(content) ? (content as { text?: string }[]).flatMap(({ text }) => text ?? []) : [];
}
