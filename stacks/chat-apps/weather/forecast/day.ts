const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthNames = `(${months.join('|')})[a-z]*`;
const dayMs = 86_400_000;

/** Today's date, `2026-11-22`, in a time zone. */
export function todayIn(timeZone: string, now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now);
}

/** The date `days` after another. */
export function addDays(date: string, days: number): string {
  return isoDate(new Date(Date.parse(date) + days * dayMs));
}

/** Days from one date to another; negative when it is before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/**
 * The date that words mean on the day `today`: a date, a day of a month, or words such as "tomorrow" or
 * "friday", also inside a longer text. A weekday is the next one, today included. Undefined: none of these.
 */
export function resolveDay(words: string | undefined, today: string): string | undefined {
  const text = (words ?? '').trim().toLowerCase();
  if (text === '') return today;
  const iso = /\b\d{4}-\d{2}-\d{2}\b/.exec(text)?.[0];
  if (iso) return isRealDate(iso) ? iso : undefined;
  return dayOfMonth(text, today) ?? relativeDay(text, today);
}

function relativeDay(text: string, today: string): string | undefined {
  const inDays = /\bin (\d{1,3}) days?\b/.exec(text)?.[1];
  if (inDays) return addDays(today, Number(inDays));
  if (/\bday after tomorrow\b/.test(text)) return addDays(today, 2);
  if (/\btomorrow\b/.test(text)) return addDays(today, 1);
  if (/\byesterday\b/.test(text)) return addDays(today, -1);
  const wanted = weekdays.findIndex((name) =>
    new RegExp(`\\b${name.slice(0, 3)}(${name.slice(3)})?\\b`).test(text),
  );
  const weekday = /\bweekend\b/.test(text) ? 6 : wanted;
  if (weekday >= 0) return addDays(today, (weekday - new Date(today).getUTCDay() + 7) % 7);
  return /\b(today|tonight|now|this (morning|afternoon|evening))\b/.test(text) ? today : undefined;
}

/** "24 December", "Dec 24th 2026"; without a year, the next one. */
function dayOfMonth(text: string, today: string): string | undefined {
  const dayFirst = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${monthNames}(?:,? (\\d{4}))?\\b`).exec(
    text,
  );
  const monthFirst = new RegExp(`\\b${monthNames} (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?\\b`).exec(text);
  const [day, month, year] = dayFirst
    ? [dayFirst[1], dayFirst[2], dayFirst[3]]
    : [monthFirst?.[2], monthFirst?.[1], monthFirst?.[3]];
  if (day === undefined || month === undefined) return undefined;
  const monthAndDay = `${String(months.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const thisYear = today.slice(0, 4);
  const date = `${year ?? thisYear}-${monthAndDay}`;
  const next = year === undefined && date < today ? `${Number(thisYear) + 1}-${monthAndDay}` : date;
  return isRealDate(next) ? next : undefined;
}

/** False for the 31st of June, which `Date` would make the 1st of July. */
function isRealDate(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && isoDate(new Date(time)) === date;
}

function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}
