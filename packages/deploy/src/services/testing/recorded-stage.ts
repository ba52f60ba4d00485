import { readFile } from 'node:fs/promises';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { operationsOf } from './operations.ts';
import { type Recording, type Stage, stageWith } from './stage.ts';

/** A stage whose ECS answers as recorded, behind a local server. */
export async function startRecordedStage(
  name: 'rolled-out' | 'put-back' | 'failed' | 'stuck' | 'moved-tag' | 'back-again',
): Promise<{ stage: Stage; aws: LocalAws }> {
  const text = await readFile(new URL(`recordings/${name}.json`, import.meta.url), 'utf8');
  const stage = stageWith(JSON.parse(text) as Recording);
  return { stage, aws: await startLocalAws(operationsOf(stage)) };
}
