import { z } from 'zod';
import { modelName, modelSettings, type ModelSettings } from '@parley/contract/model';
import type { WorkspaceConfig } from '../config.ts';

const ollamaUrl = 'http://127.0.0.1:11434';
const tags = z.object({ models: z.array(z.object({ name: z.string() })) });

/**
 * The model that answers on this machine: the one that parley.config.ts names for stage `local`, else the
 * first of an Ollama server on its usual port, else `demo`. One that costs money is never chosen by itself.
 */
export async function localModel({ stages }: WorkspaceConfig, ollama = ollamaUrl): Promise<ModelSettings> {
  const named = stages['local']?.['model'];
  if (named !== undefined) return modelSettings.parse(named);
  return (await findOllama(ollama)) ?? { provider: 'demo' };
}

async function findOllama(url: string): Promise<ModelSettings | undefined> {
  try {
    const response = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(300) });
    const [first] = tags.parse(await response.json()).models;
    return first && { provider: 'openai-compatible', baseUrl: `${url}/v1`, model: first.name };
  } catch {
    return undefined; // nothing listens there, or it is not Ollama
  }
}

/** The model in words, for a person. */
export function describeModel(model: ModelSettings): string {
  switch (model.provider) {
    case 'demo':
      return 'demo (built in and offline; no language model: it picks a tool and words what the tool returns)';
    case 'openai-compatible':
      return `${model.model} at ${model.baseUrl}`;
    case 'bedrock':
      return `${modelName(model)} of Amazon Bedrock${model.region === undefined ? '' : ` in ${model.region}`} (each answer costs money)`;
    case 'anthropic':
      return `${model.model} of Anthropic (each answer costs money)`;
  }
}
