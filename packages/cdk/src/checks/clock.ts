import type { Check } from './check.ts';
import { resourcesOf, stringsIn } from './template.ts';

/**
 * Milliseconds from now within which a time is taken for that of this synth. Few, so that a date that somebody
 * wrote into a prompt breaks no build on its day.
 */
const nearMs = 5 * 60 * 1000;

/**
 * T31, T52: the time of the synth in a template. Every synth is then another template, so that each deploy
 * updates the stack though nothing changed.
 */
export const synthTime: Check = (template) =>
  resourcesOf(template).flatMap(({ logicalId, properties }) =>
    [...stringsIn(properties)]
      .filter(({ text }) => timesIn(text).some((time) => Math.abs(time - Date.now()) < nearMs))
      .map(({ path, text }) => ({
        at: logicalId,
        found: `${path.join('.')} holds the time of this synth: "${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`,
        expected: 'the same template from the same sources',
        mend: 'leave the time out; to update when content changes, use the hash of the content',
      })),
  );

/** Milliseconds since 1970 of the times in a text: ISO 8601 with hours, or a count of (milli)seconds. */
function timesIn(text: string): number[] {
  const dates = text.match(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?/g) ?? [];
  const counts = text.match(/(?<![\w.-])\d{10}(\d{3})?(?![\w.-])/g) ?? [];
  return [
    ...dates.map((date) => Date.parse(date)),
    ...counts.map((count) => Number(count) * (count.length === 10 ? 1000 : 1)),
  ];
}
