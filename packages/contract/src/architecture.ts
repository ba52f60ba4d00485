/** Processor architectures that services can run on, as AWS spells them for Lambda; Fargate has them in capitals. */
export const architectures = ['arm64', 'x86_64'] as const;
export type Architecture = (typeof architectures)[number];
