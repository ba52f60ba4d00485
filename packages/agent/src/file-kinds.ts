import type { FileKind } from '@parley/contract/file-type';
import type { ModelSettings } from '@parley/contract/model';

/**
 * Models of Bedrock that read images and documents through Converse, by a part of their id: Claude since version 3 and
 * the larger Novas. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */
const readsAll = /anthropic\.claude-(?!v\d|instant)|amazon\.nova-(?:lite|pro|premier|2)/;

/**
 * Kinds of files that a model reads. All read text. For the others the settings say it; else what is known of the
 * provider: of an OpenAI-compatible endpoint nothing, since one that reads text alone refuses the whole request.
 */
export function kindsRead(settings: ModelSettings): ReadonlySet<FileKind> {
  if (settings.provider === 'demo') return new Set(['text']);
  return new Set([
    'text',
    ...(settings.files ?? (isKnownToRead(settings) ? (['image', 'pdf'] as const) : [])),
  ]);
}

function isKnownToRead(settings: ModelSettings): boolean {
  if (settings.provider === 'bedrock') return readsAll.test(settings.modelId);
  return settings.provider === 'anthropic';
}
