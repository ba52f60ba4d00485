/** Questions that a summary names; what was before them it counts. */
const questionsMax = 12;
const questionCharsMax = 160;

/** What the demo model writes when it is asked to sum up: what the user asked for, one line each. */
export function summaryOf(request: string): string {
  const earlier = /which yours takes the place of:\n\n([^]*?)\n\nThe conversation:\n\n/.exec(request)?.[1];
  const questions = [...request.matchAll(/^User: (.*)/gm)].map(([, words]) => shortened(words!));
  const shown = questions.slice(-questionsMax).map((words) => `- ${words}`);
  const more = questions.length - shown.length;
  return [
    ...(earlier === undefined ? [] : [earlier]),
    `The user asked${more > 0 ? `, after ${more} other questions` : ''}:`,
    ...shown,
  ].join('\n');
}

function shortened(words: string): string {
  return words.length > questionCharsMax ? `${words.slice(0, questionCharsMax).toWellFormed()}…` : words;
}
