import { vi } from 'vitest';
import * as bedrock from './bedrock-wire.ts';
import type { Provider } from './provider.ts';

let bedrockModels = 0;

export const amazonBedrock: Provider = {
  name: 'bedrock',
  settings: (origin) => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', origin);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    bedrockModels += 1; // clients are kept for each model
    return { provider: 'bedrock', modelId: `test.model-v1:${bedrockModels}`, region: 'eu-west-1' };
  },
  whole: bedrock.whole,
  hanging: bedrock.hanging,
  broken: bedrock.broken,
  words: (...words) => [bedrock.start, ...words.map(bedrock.text)],
  wordsEnd: [bedrock.textEnd],
  call: bedrock.call,
  end: (ending) => [
    ...bedrock.end(
      { stop: 'end_turn', length: 'max_tokens', refused: 'guardrail_intervened', calls: 'tool_use' }[ending],
    ),
  ],
  malformed: Buffer.concat([bedrock.text('x').subarray(0, -4), Buffer.from('oops')]),
  errorWithin: bedrock.exception('modelStreamErrorException', 'out of memory'),
  busyWithin: (words = 'slow down') => bedrock.exception('throttlingException', words),
  busy: (headers, words = 'Too many requests') =>
    bedrock.errorReply(429, 'ThrottlingException', words, headers),
  tooLongFor: (sent, limit) =>
    bedrock.errorReply(400, 'ValidationException', `prompt is too long: ${sent} tokens > ${limit} maximum`),
  tooLong: [
    bedrock.errorReply(400, 'ValidationException', 'Input is too long for requested model.'),
    bedrock.errorReply(
      400,
      'ValidationException',
      'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
    ),
    bedrock.whole(
      bedrock.start,
      bedrock.exception('validationException', 'prompt is too long: 210000 tokens > 200000 maximum'),
    ),
    bedrock.whole(bedrock.start, bedrock.text('Half'), ...bedrock.end('model_context_window_exceeded')),
  ],
  faults: [
    [
      'model-unavailable',
      /does not allow the model "test\.model.*" in eu-west-1.*Model access/,
      bedrock.errorReply(
        403,
        'AccessDeniedException',
        "You don't have access to the model with the specified model ID.",
      ),
    ],
    [
      'model-unavailable',
      /^(?!.*123456789012).*bedrock:InvokeModelWithResponseStream.*deploy the inference stack/,
      bedrock.errorReply(
        403,
        'AccessDeniedException',
        'User: arn:aws:sts::123456789012:assumed-role/task is not authorized to perform: bedrock:InvokeModelWithResponseStream',
      ),
    ],
    [
      'model-unavailable',
      /have expired.*aws sso login/,
      bedrock.errorReply(
        403,
        'ExpiredTokenException',
        'The security token included in the request is expired',
      ),
    ],
    [
      'model-unavailable',
      /not valid.*renew them/,
      bedrock.errorReply(
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      ),
    ],
    [
      'model-unavailable',
      /eu-west-1 has no model "test\.model/,
      bedrock.errorReply(
        404,
        'ResourceNotFoundException',
        'Could not resolve the foundation model from the provided model identifier.',
      ),
    ],
    [
      'model-unavailable',
      /has no model/,
      bedrock.errorReply(400, 'ValidationException', 'The provided model identifier is invalid.'),
    ],
    [
      'model-unavailable',
      /inference profile/,
      bedrock.errorReply(
        400,
        'ValidationException',
        'Invocation of model ID test.model with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
      ),
    ],
    ['throttled', /ServiceQuotaExceeded/, bedrock.errorReply(400, 'ServiceQuotaExceededException', 'Quota')],
    ['model-unavailable', /not ready/, bedrock.errorReply(503, 'ServiceUnavailableException', 'Later')],
    ['model-unavailable', /not ready/, bedrock.errorReply(429, 'ModelNotReadyException', 'Loading')],
    ['model-unavailable', /could not answer/, bedrock.errorReply(500, 'InternalServerException', 'broken')],
    ['model-unavailable', /could not answer/, bedrock.errorReply(408, 'ModelTimeoutException', 'slow')],
    [
      'model-failed',
      /maxTokens is too high/,
      bedrock.errorReply(400, 'ValidationException', 'maxTokens is too high'),
    ],
    ['model-failed', /could not read/, bedrock.whole(bedrock.start, ...bedrock.end('malformed_tool_use'))],
    [
      'model-failed',
      /could not be read/,
      bedrock.whole('nonsense, and longer than a frame must be at the very least'),
    ],
  ],
  conversation: (body) => {
    const { system, messages } = body as ConverseRequest;
    return [
      ...system.map(({ text }) => `system: ${text}`),
      ...messages.flatMap(({ role, content }) =>
        content.map(({ text, toolUse, toolResult }) =>
          toolUse
            ? `${toolUse.toolUseId} calls ${toolUse.name} ${JSON.stringify(toolUse.input)}`
            : toolResult
              ? `${toolResult.toolUseId}: ${JSON.stringify(toolResult.content)}`
              : `${role}: ${text}`,
        ),
      ),
    ];
  },
};

interface ConverseRequest {
  system: { text: string }[];
  messages: {
    role: string;
    content: {
      text?: string;
      toolUse?: { toolUseId: string; name: string; input: unknown };
      toolResult?: { toolUseId: string; content: unknown };
    }[];
  }[];
}
