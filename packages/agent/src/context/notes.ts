/** What stands before a summary where a model reads it in place of what was summed up. */
const summaryHeading = '[Summary of this conversation so far, in place of its messages]';
const leftOutHeading = '[Left out: ';

export function summaryNote(summary: string): string {
  return `${summaryHeading}\n\n${summary}`;
}

export function leftOutNote(messages: number): string {
  const what = messages === 1 ? 'the first message' : `the first ${messages} messages`;
  return `${leftOutHeading}${what} of this conversation, which is longer than you can read at once. Say so if they matter.]`;
}

export function trimmedNote(characters: number): string {
  return `[trimmed: ${characters.toLocaleString('en')} more characters; call the tool again if needed]`;
}

/** True of a text that is a note of ours, and nothing that the user said. */
export function isNote(text: string): boolean {
  return text.startsWith(summaryHeading) || text.startsWith(leftOutHeading);
}
