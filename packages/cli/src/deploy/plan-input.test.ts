import { execa } from 'execa';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, '../main.ts');

test('a setting that is wrong is called as it was typed, without what is inside', async () => {
  const of = async (set: string) =>
    (
      await execa(process.execPath, [main, 'status', '--set', set], {
        cwd: import.meta.dirname,
        reject: false,
      })
    ).stderr;
  expect(await of('region=mars')).toMatch(/^parley: --set region: expected a region .*got "mars"/m);
  expect(await of('netwrok=public')).toMatch(/^parley: --set netwrok: unknown key "netwrok"/m);
  const secret = await of('model={"provider":"openai-compatible","apiKey":"sk-SECRET"}');
  expect(secret).toMatch(/^(parley: )?--set model/m);
  expect(secret).not.toContain('sk-SECRET');
});
