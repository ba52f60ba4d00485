import { z } from 'zod';

/** An image as a lifecycle policy sees it. */
export interface RepositoryImage {
  digest: string;
  tags: string[];
  /** Milliseconds since 1970. */
  pushedAt: number;
}

const tagList = z.array(z.string().min(1)).min(1).optional();
const selection = z
  .strictObject({
    tagStatus: z.enum(['tagged', 'untagged', 'any']),
    tagPrefixList: tagList,
    tagPatternList: tagList,
    countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']),
    countUnit: z.literal('days').optional(),
    countNumber: z.int().positive(),
  })
  .refine(({ countType, countUnit }) => (countType === 'sinceImagePushed') === (countUnit !== undefined))
  .refine(
    ({ tagStatus, tagPrefixList, tagPatternList }) =>
      Number(tagPrefixList !== undefined) + Number(tagPatternList !== undefined) ===
      (tagStatus === 'tagged' ? 1 : 0),
  );
const policySchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        rulePriority: z.int().positive(),
        description: z.string().max(256).optional(),
        selection,
        action: z.strictObject({ type: z.literal('expire') }),
      }),
    )
    .min(1)
    .refine((rules) => new Set(rules.map(({ rulePriority }) => rulePriority)).size === rules.length),
});
type Selection = z.output<typeof selection>;

/**
 * Digests that a lifecycle policy expires, by the rules in Amazon ECR's guide ("Lifecycle policy evaluation rules" and
 * "Lifecycle policy parameters"): tags of a list must all be met; rules run in the order of their priority; an image that
 * fits the tags of a rule cannot be expired by a later one, though it is counted there. Throws on a policy that ECR refuses.
 */
export function expiredImages(source: unknown, images: readonly RepositoryImage[], now: number): string[] {
  const rules = policySchema.parse(source).rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
  const taken = new Set<string>();
  const expired: string[] = [];
  for (const rule of rules) {
    const fitting = images.filter(({ tags }) => fits(rule.selection, tags));
    const found = beyond(rule.selection, fitting, now).filter(({ digest }) => !taken.has(digest));
    expired.push(...found.map(({ digest }) => digest));
    for (const { digest } of fitting) taken.add(digest);
  }
  return expired;
}

function fits({ tagStatus, tagPrefixList, tagPatternList }: Selection, tags: readonly string[]): boolean {
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  const patterns = tagPatternList ?? tagPrefixList?.map((prefix) => `${prefix}*`) ?? [];
  return tags.length > 0 && patterns.every((pattern) => tags.some((tag) => matches(pattern, tag)));
}

function matches(pattern: string, tag: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(tag);
}

function beyond(
  { countType, countNumber }: Selection,
  images: RepositoryImage[],
  now: number,
): RepositoryImage[] {
  if (countType === 'imageCountMoreThan')
    return images.toSorted((a, b) => b.pushedAt - a.pushedAt).slice(countNumber);
  return images.filter(({ pushedAt }) => now - pushedAt > countNumber * 24 * 60 * 60 * 1000);
}
