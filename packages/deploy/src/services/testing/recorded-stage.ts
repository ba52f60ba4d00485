import { readFile } from 'node:fs/promises';
import type { DeployRecord } from '../../record/record.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { operationsOf } from './operations.ts';
import { type Recording, type Stage, prefix, stageWith, tags } from './stage.ts';

/** A stage whose ECS answers as recorded, behind a local server. */
export interface RecordedStage {
  stage: Stage;
  aws: LocalAws;
  /** Records a deploy of a stack. */
  deployed(stack: string): void;
  /** Begins the recording anew. */
  rewind(): void;
}

export async function startRecordedStage(
  name: 'rolled-out' | 'put-back' | 'failed' | 'stuck' | 'moved-tag' | 'back-again',
): Promise<RecordedStage> {
  const text = await readFile(new URL(`recordings/${name}.json`, import.meta.url), 'utf8');
  const stage = stageWith(JSON.parse(text) as Recording);
  return {
    stage,
    aws: await startLocalAws(operationsOf(stage)),
    deployed: (stack) =>
      void stage.parameters.set(`/${prefix}/stacks/${stack}/deployed`, [JSON.stringify(record(stack))]),
    rewind: () => void (stage.looks = 0),
  };
}

function record(stack: string): DeployRecord {
  return {
    v: 1,
    stack,
    outcome: 'succeeded',
    at: '2026-11-21T09:12:00.000Z',
    who: 'alice',
    commit: 'c0ffee0decaf',
    version: '0.1.0',
    fingerprint: {
      digest: '0'.repeat(16),
      template: '1'.repeat(16),
      assets: {},
      inputs: {},
      images: { api: tags.now },
    },
  };
}
