import { inUsePrefix } from './images-in-use.ts';

/** How many images with a tag a repository keeps, besides those in use. */
export const imagesKept = 20;

/**
 * What ECR removes by itself. It cannot know what runs: so the images in use carry a tag that says so, and no image
 * that fits a rule can be expired by a later one. The first rule keeps more than there ever are.
 */
export const lifecyclePolicy = {
  rules: [
    {
      rulePriority: 1,
      description: 'Keep what is in use',
      selection: {
        tagStatus: 'tagged',
        tagPrefixList: [inUsePrefix],
        countType: 'imageCountMoreThan',
        countNumber: 100,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: `Keep the newest ${imagesKept}`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['*'],
        countType: 'imageCountMoreThan',
        countNumber: imagesKept,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 3,
      description: 'Remove what lost its tag after a day',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
      action: { type: 'expire' },
    },
  ],
} as const;
