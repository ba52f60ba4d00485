import type { ContentBlock, Message, StreamOptions } from '@strands-agents/sdk';

/** ASCII characters of one token: about what tokenizers make of English; code and JSON have fewer. */
const asciiPerToken = 4;

/** What a block, a call or a message costs beside its text. */
const frameTokens = 8;

/** A picture of the largest size that Claude and Nova take in whole, or a page of a PDF. */
const mediaTokens = 1_600;
const pageBytes = 64 * 1_024;

/** A token for four ASCII characters and for every other UTF-16 unit, as scripts other than Latin have it. */
export function textTokens(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 127) others += 1;
  return Math.ceil((text.length - others) / asciiPerToken) + others;
}

/** The longest beginning of a text that is estimated at no more than `tokens`; never half a surrogate pair. */
export function beginningOf(text: string, tokens: number): string {
  let quarters = tokens * asciiPerToken;
  let end = 0;
  for (; end < text.length; end += 1) {
    quarters -= text.charCodeAt(end) > 127 ? asciiPerToken : 1;
    if (quarters < 0) break;
  }
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
}

export function messageTokens({ content }: Pick<Message, 'content'>): number {
  return content.reduce((sum, block) => sum + blockTokens(block), frameTokens);
}

function blockTokens(block: ContentBlock): number {
  switch (block.type) {
    case 'textBlock':
      return frameTokens + textTokens(block.text);
    case 'toolUseBlock':
      return frameTokens + textTokens(block.name) + jsonTokens(block.input);
    case 'toolResultBlock':
      return block.content.reduce(
        (sum, each) => sum + ('text' in each ? textTokens(each.text) : mediaTokens),
        frameTokens,
      );
    case 'documentBlock': {
      const bytes = 'bytes' in block.source ? block.source.bytes.length : 0;
      return mediaTokens * Math.ceil(Math.max(1, bytes / pageBytes));
    }
    default:
      return mediaTokens;
  }
}

/** What goes with every call: the instructions and the tools. */
export function overheadTokens({ systemPrompt, toolSpecs }: StreamOptions = {}): number {
  const prompt = typeof systemPrompt === 'string' ? textTokens(systemPrompt) : jsonTokens(systemPrompt ?? '');
  return prompt + (toolSpecs?.length ? jsonTokens(toolSpecs) : 0);
}

function jsonTokens(value: unknown): number {
  return textTokens(JSON.stringify(value) ?? '');
}
