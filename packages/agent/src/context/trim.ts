import { Message, TextBlock, ToolResultBlock } from '@strands-agents/sdk';
import { beginningOf, textTokens } from './estimate.ts';
import { trimmedNote } from './notes.ts';

/** What is left of a tool result that is trimmed: about 500 characters, enough to know what it was. */
export const trimmedResultTokens = 125;

export function toolResultsOf({ content }: Message): ToolResultBlock[] {
  return content.filter((block) => block.type === 'toolResultBlock');
}

/** The message with the beginnings of its tool results, `tokens` of each, and how many were longer. */
export function trimResults(message: Message, tokens: number): { message: Message; trimmed: number } {
  let trimmed = 0;
  const content = message.content.map((block) => {
    if (block.type !== 'toolResultBlock') return block;
    const shorter = trimResult(block, tokens);
    if (shorter !== block) trimmed += 1;
    return shorter;
  });
  return { message: trimmed === 0 ? message : new Message({ role: message.role, content }), trimmed };
}

function trimResult(block: ToolResultBlock, tokens: number): ToolResultBlock {
  const { toolUseId, status, content } = block;
  const shorter = content.map((each) => (each.type === 'textBlock' ? trimText(each, tokens) : each));
  return shorter.every((each, i) => each === content[i])
    ? block
    : new ToolResultBlock({ toolUseId, status, content: shorter });
}

/** A text that is little longer than its beginning and the note would be stays whole. */
function trimText(block: TextBlock, tokens: number): TextBlock {
  const beginning = beginningOf(block.text, tokens);
  const shorter = `${beginning}\n${trimmedNote(block.text.length - beginning.length)}`;
  return textTokens(shorter) < textTokens(block.text) ? new TextBlock(shorter) : block;
}
