import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test.each(['new Date().toISOString()', 'String(Date.now())', `'at ' + Math.floor(Date.now() / 1000)`])(
  'the time of the synth in a template is refused: %s (T31, T52)',
  async (time) => {
    expect(await problemsOf(`add('Seed', 'AWS::SNS::Topic', { DisplayName: ${time} });`)).toEqual([
      expect.stringMatching(
        /^stack\.ts: Seed \(Seed\): DisplayName holds the time of this synth: ".*"; expected the same template from the same sources: leave the time out; to update when content changes, use the hash of the content \[synth-time\]$/,
      ),
    ]);
  },
);

test('a time that stays the same is accepted', async () => {
  expect(
    await problemsOf(`add('Seed', 'AWS::SNS::Topic', { DisplayName: '2012-10-17T00:00:00Z' });`),
  ).toEqual([]);
});
