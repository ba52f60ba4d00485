import type { Message } from '@parley/contract/message';

/** The plain text of a message: its text parts, joined. */
export function textOf({ parts }: Pick<Message, 'parts'>): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
