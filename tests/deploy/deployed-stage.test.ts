import { join } from 'node:path';
import { type RecordedStage, startRecordedStage } from '@parley/deploy/testing/recorded-stage';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userEnvironment } from '../workspace/env.ts';

const root = join(import.meta.dirname, '../..');
let recorded: RecordedStage;
beforeEach(async () => void (recorded = await startRecordedStage('back-again')));
afterEach(async () => recorded.aws.close());

/** A command of the root against the recorded stage. */
async function run(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa('pnpm', ['run', '--silent', ...args], {
    cwd: root,
    preferLocal: true,
    env: { ...userEnvironment(root, root), ...recorded.aws.env },
    extendEnv: false,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

const place = ['--stage', 'dev', '--set', 'region=eu-west-1'];
const group = '/ecs/parley-dev/api';

test('pnpm run status shows stacks and services, and its exit code tells when one is not well', async () => {
  recorded.deployed('app');
  const well = await run('status', ...place, '--exit-code');
  expect(well).toMatchObject({ exitCode: 0, stderr: '' });
  expect(well.stdout).toMatch(
    new RegExp(
      [
        '^stage dev: parley-dev in eu-west-1 {2}https://demo.example',
        '✓ app +UPDATE_COMPLETE +c0ffee0 {2}2026-11-21 09:12 by alice',
        '✓ {3}api +1/1 tasks {2}1/1 healthy {2}image b{12}',
        '',
        'All 1 stacks are well.$',
      ].join('\n'),
    ),
  );
  recorded.stage.targets[0]!.state = 'unhealthy';
  const unwell = await run('status', ...place, '--exit-code', '--json');
  expect(unwell.exitCode).toBe(1);
  expect(JSON.parse(unwell.stdout)).toMatchObject({ stage: 'dev', healthy: false });
});

test('pnpm run logs shows times and no control characters; an unknown name lists the real ones', async () => {
  const at = Date.now() - 1000;
  const message = '\u001b[2Jcleared\u009b\r\nsecond line\n';
  recorded.stage.logs.set(`${group} api/Container/${'7'.repeat(32)}`, [{ id: '1', at, message }]);
  const text = await run('logs', 'api', ...place);
  expect(text.stdout).toBe(`${new Date(at).toISOString()}  77777777  [2Jcleared\n    second line`);
  const json = await run('logs', 'api', ...place, '--json');
  // oxlint-disable-next-line eslint/no-control-regex
  expect(json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(JSON.parse(json.stdout)).toMatchObject({ message: '\u001b[2Jcleared\u009b\r\nsecond line' });
  expect(await run('logs', 'web', ...place)).toMatchObject({
    exitCode: 1,
    stderr: 'parley: Nothing called "web" logs in this stage.\n  There are: api.',
  });
  expect((await run('logs', 'api', ...place, '--since', 'yesterday')).stderr).toContain(
    'expected a number and a unit, such as 30s, 10m, 2h or 1d.',
  );
});

test('a followed log ends with Ctrl-C, without an error', async () => {
  recorded.stage.logs.set(`${group} s`, [{ id: '1', at: Date.now(), message: 'first' }]);
  const follower = execa('node', ['packages/cli/src/main.ts', 'logs', 'api', '--follow', ...place], {
    cwd: root,
    env: { ...userEnvironment(root, root), ...recorded.aws.env },
    extendEnv: false,
    reject: false,
  });
  for await (const line of follower) {
    expect(line).toContain('first');
    follower.kill('SIGINT');
  }
  expect(await follower).toMatchObject({ exitCode: 0, stderr: '' });
});

test('pnpm run rollback says from which image to which, asks, and goes back', async () => {
  recorded.deployed('app');
  const asked = await run('rollback', 'api', ...place);
  const [now, before] = ['b'.repeat(32), 'a'.repeat(32)];
  expect(asked).toMatchObject({
    exitCode: 1,
    stdout: `api of stage dev: ${now} → ${before}`,
    stderr: 'parley: Nothing was changed: this asks at a terminal, and needs --yes elsewhere.',
  });
  expect(recorded.aws.calls).not.toContain('CreateChangeSet');
  recorded.rewind();
  const { exitCode, stdout, stderr } = await run('rollback', 'api', ...place, '--yes');
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain('app: CloudFormation updates it');
  expect(stdout).toMatch(/1 task runs image a{32} \(sha256:a{12}\), as wanted/);
  expect(stdout).toMatch(/^api runs a{32}. The next deploy brings the image of its sources again.$/m);
});

test('pnpm run fn names the stacks there are when one is unknown', async () => {
  const { exitCode, stderr } = await run('fn', 'deploy', 'wether', 'forecast', ...place);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^parley: No stack is called "wether". There are: .*weather/);
});
