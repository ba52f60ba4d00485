import { imageTagPattern } from '@parley/image/image-tag';
import { DeployError } from '../../errors.ts';
import { type WrittenTag, lineage } from './tag-history.ts';

export interface TagChoice {
  service: string;
  /** Tags that were written to the service's parameter, oldest first. */
  history: readonly WrittenTag[];
  /** Images that the registry has, by tag, with when they were pushed. */
  images: ReadonlyMap<string, Date | undefined>;
  /** Tag that was asked for. @default the one before, of which there still is an image */
  to?: string | undefined;
}

/**
 * From which tag to which a service goes back. The one before comes from the history of the parameter, as that is what
 * this stage was told to run, in order: the registry's order is that of pushes, in which an image that was built once
 * and taken up again has its old place, and one that no deploy ever used stands between.
 * @throws DeployError `no-earlier-image`, `unknown-tag` or `same-image`, with the tags there are
 */
export function chooseTag(choice: TagChoice): { from: string; to: string } {
  const { service, history, images } = choice;
  const line = lineage(history);
  const from = line.at(-1)?.tag ?? '';
  const to = choice.to ?? line.slice(0, -1).findLast(({ tag }) => images.has(tag))?.tag;
  if (to === undefined) {
    throw new DeployError(
      'no-earlier-image',
      `${service} has no earlier image to go back to: before ${from || 'any'} this stage ran none that the registry still has.`,
      { nextStep: tagList(choice) },
    );
  }
  if (!images.has(to) || !new RegExp(imageTagPattern).test(to)) {
    throw new DeployError('unknown-tag', `There is no image "${to}" of ${service} in the registry.`, {
      nextStep: tagList(choice),
    });
  }
  if (to === from) {
    throw new DeployError('same-image', `${service} is told to run ${to} already.`, {
      nextStep: tagList(choice),
    });
  }
  return { from, to };
}

/** The images there are, the latest pushed first, with when they were taken up. */
function tagList({ history, images, service }: TagChoice): string {
  const tags = [...images]
    .filter(([tag]) => new RegExp(imageTagPattern).test(tag))
    .toSorted(([, a], [, b]) => (b?.getTime() ?? 0) - (a?.getTime() ?? 0));
  if (tags.length === 0) return `The registry has no image of ${service}; deploy it.`;
  const lines = tags.map(([tag, pushed]) => {
    const used = history.findLast((each) => each.tag === tag);
    const usedText = used ? `, last taken up ${timeOf(used.at)} by ${used.who}` : ', never taken up';
    return `    ${tag}  pushed ${timeOf(pushed)}${usedText}`;
  });
  return `Choose with --to:\n${lines.join('\n')}`;
}

function timeOf(date: Date | undefined): string {
  return date === undefined ? 'some time' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
