import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test('code under a key that stays the same is refused (T34)', async () => {
  const body = `add('Look', 'AWS::Lambda::Function', { Code: { S3Bucket: 'b', S3Key: 'look.zip' } });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Look (Look): Code.S3Key is "look.zip", which says nothing of the content; expected a key with the hash of the content, or the version of the object: pass the code as an asset (builtCode of @parley/cdk/built-code, or Code.fromAsset) [code-keys]',
  ]);
});

test.each([`S3Key: 'a'.repeat(64) + '.zip'`, `S3Key: 'look.zip', S3ObjectVersion: 'v1'`])(
  'code with %s is accepted',
  async (key) => {
    const body = `add('Look', 'AWS::Lambda::Function', { Code: { S3Bucket: 'b', ${key} } });`;
    expect(await problemsOf(body)).toEqual([]);
  },
);
