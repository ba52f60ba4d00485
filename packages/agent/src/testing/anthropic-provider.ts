import * as anthropic from './anthropic-wire.ts';
import { jsonReply } from './model-server.ts';
import type { Provider } from './provider.ts';

export const claude: Provider = {
  name: 'anthropic',
  settings: (origin) => ({
    provider: 'anthropic',
    model: 'test-model',
    apiKeyEnv: 'MODEL_KEY',
    baseUrl: origin,
  }),
  whole: anthropic.whole,
  hanging: anthropic.hanging,
  broken: anthropic.broken,
  words: (...words) => [anthropic.start, anthropic.textStart, ...words.map(anthropic.text)],
  wordsEnd: [anthropic.textEnd],
  call: anthropic.call,
  end: (ending) => [
    ...anthropic.end(
      { stop: 'end_turn', length: 'max_tokens', refused: 'refusal', calls: 'tool_use' }[ending],
    ),
  ],
  malformed: 'event: content_block_delta\ndata: {"type": "content_block_delta", ]}\n\n',
  errorWithin: anthropic.errorEvent('api_error', 'Internal server error'),
  busyWithin: (words = 'Overloaded') => anthropic.errorEvent('overloaded_error', words),
  busy: (headers, words = 'Too many tokens per minute') =>
    anthropic.errorReply(429, 'rate_limit_error', words, headers),
  tooLongFor: (sent, limit) =>
    anthropic.errorReply(
      400,
      'invalid_request_error',
      `prompt is too long: ${sent} tokens > ${limit} maximum`,
    ),
  tooLong: [
    anthropic.errorReply(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    anthropic.errorReply(
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 199000 + 32000 > 200000',
    ),
    anthropic.errorReply(413, 'request_too_large', 'Request exceeds the maximum size'),
    anthropic.whole(
      anthropic.start,
      anthropic.textStart,
      anthropic.text('Half'),
      anthropic.textEnd,
      ...anthropic.end('model_context_window_exceeded'),
    ),
  ],
  faults: [
    [
      'model-unavailable',
      /set a valid key/,
      anthropic.errorReply(401, 'authentication_error', 'invalid x-api-key'),
    ],
    [
      'model-unavailable',
      /may use this model/,
      anthropic.errorReply(403, 'permission_error', 'Your API key does not have permission'),
    ],
    [
      'model-unavailable',
      /does not know the model "test-model"/,
      anthropic.errorReply(404, 'not_found_error', 'model: test-model'),
    ],
    [
      'model-unavailable',
      /no credit/,
      anthropic.errorReply(
        400,
        'invalid_request_error',
        'Your credit balance is too low to access the Anthropic API.',
      ),
    ],
    [
      'model-failed',
      /max_tokens: 64000 > 32000/,
      anthropic.errorReply(400, 'invalid_request_error', 'max_tokens: 64000 > 32000'),
    ],
    [
      'model-unavailable',
      /could not answer/,
      anthropic.errorReply(500, 'api_error', 'Internal server error'),
    ],
    ['throttled', /status 529/, anthropic.errorReply(529, 'overloaded_error', 'Overloaded')],
    ['model-unavailable', /could not answer/, jsonReply(502, { message: 'Bad gateway' })],
  ],
  conversation: (body) => {
    const { system, messages } = body as MessagesRequest;
    return [
      `system: ${system}`,
      ...messages.flatMap(({ role, content }) =>
        content.map((block) =>
          block.type === 'tool_use'
            ? `${block.id} calls ${block.name} ${JSON.stringify(block.input)}`
            : block.type === 'tool_result'
              ? `${block.tool_use_id}: ${JSON.stringify(block.content)}`
              : `${role}: ${block.text}`,
        ),
      ),
    ];
  },
};

interface MessagesRequest {
  system: string;
  messages: {
    role: string;
    content: {
      type: string;
      text?: string;
      id?: string;
      name?: string;
      input?: unknown;
      tool_use_id?: string;
      content?: unknown;
    }[];
  }[];
}
