const graphemes = new Intl.Segmenter();

/** As much of an icon as its place holds: an emoji whole, the first `signsMax` signs of a text. */
export function badgeOf(icon: string, signsMax = 3): { text: string; isWord: boolean } {
  const signs = [...graphemes.segment(icon.trim())].map(({ segment }) => segment);
  const isWord = signs.length > 1;
  const [first = ''] = signs;
  // Two emoji are wider than the square.
  const isEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(first);
  return isEmoji ? { text: first, isWord: false } : { text: signs.slice(0, signsMax).join(''), isWord };
}
