import type { DestroyPlan } from '@parley/deploy/engine';
import { expect, test } from 'vitest';
import { destroyLines } from './destroy-lines.ts';

const plan: DestroyPlan = {
  stage: 'x',
  prefix: 'parley-x',
  region: 'eu-west-1',
  stacks: [],
  needs: new Map(),
  absent: [],
  remains: [],
};

test('a stack that is not there is named; only where none stands, nothing does', () => {
  expect(destroyLines({ ...plan, absent: ['weather'] })).toEqual([
    'weather of stage "x" is not there (parley-x in eu-west-1); what is recorded of it is deleted.',
  ]);
  expect(destroyLines(plan)).toEqual(['Nothing of stage "x" stands (parley-x in eu-west-1).']);
});
