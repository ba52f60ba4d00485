/** The longest message that the API takes, in characters without the blanks around it: `startRunBody` of the contract. */
export const textCharsMax = 100_000;

/** Says by how much a message is too long; undefined when it is not. */
export function tooLong(text: string): string | undefined {
  const over = text.trim().length - textCharsMax;
  if (over <= 0) return undefined;
  const [many, most] = [over, textCharsMax].map((count) => count.toLocaleString('en'));
  return `Too long by ${many} ${over === 1 ? 'character' : 'characters'}: a message has at most ${most}. Shorten it, or send it in parts.`;
}
