import { expect, test } from 'vitest';
import { expiredImages, type RepositoryImage } from '../testing/lifecycle.ts';
import { imagesKept, lifecyclePolicy } from './lifecycle-policy.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-21T12:00:00Z');

/** Images with a hash each, the first pushed last. */
function pushed(count: number): RepositoryImage[] {
  return Array.from({ length: count }, (_, i) => ({
    digest: `image-${i}`,
    tags: [i.toString(16).padStart(32, '0')],
    pushedAt: now - i * day,
  }));
}

const expired = (images: RepositoryImage[]): string[] => expiredImages(lifecyclePolicy, images, now);

test('the newest images stay, the rest go, however old they are', () => {
  expect(expired(pushed(imagesKept))).toEqual([]);
  expect(expired(pushed(imagesKept + 3))).toEqual(['image-20', 'image-21', 'image-22']);
});

test('the image in use and the one before it stay, however old they are', () => {
  const images = pushed(40);
  images[39]?.tags.push('in-use');
  images[38]?.tags.push('in-use-before');
  const gone = expired(images);
  expect(gone).not.toContain('image-39');
  expect(gone).not.toContain('image-38');
  expect(gone).toContain('image-37');
});

test('an image that lost its tags goes after a day', () => {
  const untagged = (hours: number) => ({
    digest: `after-${hours}`,
    tags: [],
    pushedAt: now - (hours * day) / 24,
  });
  expect(expired([untagged(1), untagged(23), untagged(25)])).toEqual(['after-25']);
});

test('the semantics tested with are those of ECR: a list of prefixes is AND-ed, an empty one refused', () => {
  const policy = (tagPrefixList: string[]) => ({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'tagged', tagPrefixList, countType: 'imageCountMoreThan', countNumber: 1 },
        action: { type: 'expire' },
      },
    ],
  });
  const images = ['dev-1', 'dev-2', 'prod-1', 'prod-2'].map((tag, i) => ({
    digest: tag,
    tags: [tag],
    pushedAt: i,
  }));
  expect(expiredImages(policy(['dev-', 'prod-']), images, now)).toEqual([]);
  expect(expiredImages(policy(['dev-']), images, now)).toEqual(['dev-1']);
  expect(() => expiredImages(policy(['dev-', '']), images, now)).toThrow('tagPrefixList');
  expect(() => expiredImages(policy([]), images, now)).toThrow('tagPrefixList');
});
