/** Words that say nothing about what is asked. */
const stopWords = new Set(
  (
    'a an and any are as at be been by can could did do does for from give had has have hello help hi how i if in into is it its ' +
    'know let like may me might more much many my need now of off on one or our out please show shall she should so some tell ' +
    'than thank thanks that the their them then there these they this those to up us use using want was we were what when ' +
    'where which who whom whose why will with would yes you your about also again all am get got he her him his just not ' +
    'optional default example given returns return value values text string number name named used such must'
  ).split(' '),
);

/** Verbs that ask for something to be done, and say nothing about what it is done with. */
const commands = new Set(
  (
    'add ask book buy call check convert create delete display do email fetch find generate give list look lookup make open order ' +
    'place plan post print read remind remove reserve roll run schedule search see send set start stop tell translate turn update write'
  ).split(' '),
);

/** Forms whose stem no rule finds. */
const irregular = new Map(
  Object.entries({
    conversion: 'convert',
    converter: 'convert',
    people: 'person',
    persons: 'person',
    went: 'go',
    sent: 'send',
    bought: 'buy',
    met: 'meet',
    taken: 'take',
    found: 'find',
    phrases: 'phrase',
    currencies: 'currency',
  }),
);

const suffixes = [
  'ations',
  'ation',
  'ators',
  'ator',
  'ating',
  'ated',
  'ates',
  'ate',
  'ings',
  'ing',
  'ies',
  'ers',
  'er',
  'ed',
  'es',
  's',
  'e',
  'y',
];

/** The words of a text or of a camelCase, snake_case or kebab-case name, in lower case. */
export function wordsOf(text: string): string[] {
  return (
    text
      .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .match(/[\p{L}\d]+/gu) ?? []
  );
}

/** What two forms of one word have in common: forecast, forecasts and forecasting are one. */
export function stem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return stem(known);
  const suffix = suffixes.find((each) => word.endsWith(each) && word.length - each.length >= 3);
  return suffix === undefined ? word : word.slice(0, -suffix.length);
}

/** The stems of a text's words that say something. */
export function keywords(text: string): Set<string> {
  return new Set(
    wordsOf(text)
      .filter((word) => !stopWords.has(word) && (word.length > 1 || /\p{Lo}/u.test(word)))
      .map(stem),
  );
}

export function isStopWord(word: string): boolean {
  return stopWords.has(word.toLowerCase());
}

export function isCommand(word: string): boolean {
  return commands.has(word.toLowerCase());
}

/** A name as people write it: `dailyMax_temp` → "Daily max temp". */
export function readable(name: string): string {
  const words = wordsOf(name).join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}
