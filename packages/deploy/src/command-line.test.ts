import { execa } from 'execa';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

test('a command names the stage, and the settings that it was asked with', () => {
  expect(commandLine('deploy weather', { stage: 'dev' })).toBe('pnpm run deploy weather --stage dev');
  expect(commandLine('plan', { stage: 'dev', set: { region: 'eu-central-1', size: 'small' } })).toBe(
    'pnpm run plan --stage dev --set region=eu-central-1 --set size=small',
  );
});

test('a shell reads the settings of a command as they were typed', async () => {
  const set = { model: `{"provider":"it's"}`, text: 'a $HOME `b` \\ c' };
  const { stdout } = await execa('sh', [
    '-c',
    commandLine('plan', { stage: 'dev', set }).replace('pnpm', 'printf "%s\\n"'),
  ]);
  expect(stdout.split('\n')).toEqual([
    'run',
    'plan',
    '--stage',
    'dev',
    '--set',
    `model=${set.model}`,
    '--set',
    `text=${set.text}`,
  ]);
});
