import * as z from 'zod';
import type { Plan, PlannedStack } from './types.ts';

const reason = z.strictObject({
  code: z.string(),
  text: z.string(),
  files: z.array(z.string()).optional(),
  path: z.string().optional(),
});

/** What `parley plan --json` prints, in one line. */
export const planJson = z.strictObject({
  stage: z.string(),
  prefix: z.string(),
  region: z.string(),
  /** How many stacks have to be deployed. */
  toDeploy: z.int(),
  /** In the order they would be deployed in. */
  stacks: z.array(
    z.strictObject({
      stack: z.string(),
      /** CloudFormation's name. */
      name: z.string(),
      /** From 0. Stacks of one wave go together. */
      wave: z.int(),
      action: z.enum(['deploy', 'skip']),
      reasons: z.array(reason),
      /** Stacks before it that may change values it reads. */
      after: z.array(z.string()),
      /** Why it cannot be deployed now, and what to do. */
      blocked: reason.extend({ nextStep: z.string() }).optional(),
      /** Stateful resources that would be lost, and changes that would be refused. */
      replacements: z.array(
        z.strictObject({ logicalId: z.string(), type: z.string(), effect: z.string(), why: z.string() }),
      ),
      /** Folder of its cloud assembly. */
      folder: z.string(),
      /** CloudFormation's status; left out when there is no such stack. */
      status: z.string().optional(),
      /** The last deploy, where there is a record of one. */
      deployed: z
        .strictObject({
          outcome: z.enum(['started', 'succeeded', 'failed']),
          at: z.string(),
          who: z.string(),
          commit: z.string().optional(),
          version: z.string(),
        })
        .optional(),
    }),
  ),
  /** Deployed, and not in the workspace any more. */
  left: z.array(z.strictObject({ stack: z.string(), name: z.string(), status: z.string() })),
});
export type PlanJson = z.output<typeof planJson>;

/** A plan as data. */
export function toPlanJson({ stage, prefix, region, stacks, left }: Plan): PlanJson {
  return {
    stage,
    prefix,
    region,
    toDeploy: stacks.filter(({ action }) => action === 'deploy').length,
    stacks: stacks.map(stackJson),
    left,
  };
}

function stackJson(planned: PlannedStack): PlanJson['stacks'][number] {
  const { assembly, live, record, fingerprint: _own, blocked, ...shown } = planned;
  return {
    ...shown,
    ...(blocked ? { blocked } : {}),
    folder: assembly.folder,
    ...(live ? { status: live.status } : {}),
    ...(record ? { deployed: deployed(record) } : {}),
  };
}

function deployed({ outcome, at, who, commit, version }: NonNullable<PlannedStack['record']>) {
  return { outcome, at, who, ...(commit === undefined ? {} : { commit }), version };
}
