import type { EngineEvent, Outcome } from '@parley/deploy/engine';
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { eventLine, summaryLines } from './deploy-lines.ts';
import { liveLines } from '../local/live-lines.ts';

const done: Outcome = {
  stack: 'weather',
  name: 'parley-dev-weather',
  result: 'deployed',
  resources: 6,
  seconds: 81,
};
const resource: EngineEvent = {
  type: 'resource',
  stack: 'weather',
  logicalId: 'Forecast',
  resourceType: 'AWS::Lambda::Function',
  status: 'CREATE_COMPLETE',
  seconds: 12,
  done: 3,
  of: 7,
};

test('a log has a line for each resource that is through, and none for its beginning', () => {
  expect(eventLine(resource)).toBe(
    '  weather: 3 of 7 CREATE_COMPLETE AWS::Lambda::Function Forecast (12.0 s)',
  );
  expect(eventLine({ ...resource, status: 'CREATE_IN_PROGRESS' })).toBeUndefined();
  expect(eventLine({ ...resource, status: 'CREATE_FAILED', reason: 'no\n  app: deployed' })).toMatch(
    /: no app: deployed$/,
  );
});

test('the summary is a table, counts what was up to date, and tells one problem of many stacks once', () => {
  const problem = { code: 'network', message: 'AWS cannot be reached', nextStep: 'Check the network.' };
  const failed = { ...done, result: 'failed', resources: 0, seconds: 0.04, problem } as const;
  const lines = summaryLines(
    [done, { ...done, stack: 'a', result: 'skipped' }, { ...failed, stack: 'b' }, { ...failed, stack: 'c' }],
    90,
    'deploy',
  );
  expect(lines).toEqual([
    '',
    'stack    resources  seconds  result',
    'weather  6          81.0     deployed',
    'b        0          0.0      FAILED',
    'c        0          0.0      FAILED',
    '',
    '! b, c: AWS cannot be reached',
    '  Check the network.',
    '1 up to date, 1 min 30 s in all.',
  ]);
  expect(summaryLines([{ ...done, result: 'skipped' }], 1.5, 'deploy')).toEqual([
    'Nothing to deploy: 1 up to date, 1.5 s.',
  ]);
});

test('a terminal shows one line per stack at work, cut to its width, and keeps what is over', () => {
  const terminal = Object.assign(new PassThrough(), { columns: 40 });
  const live = liveLines(terminal as unknown as WriteStream);
  live.event({ type: 'stack', stack: 'weather', state: 'assets' });
  live.event(resource);
  live.event({ type: 'outcome', outcome: done });
  live.close();
  const written = String(terminal.read());
  // Each drawing goes up over the one before: what remains are the last lines of each.
  const shown = written.split('\u001b[1A\u001b[J');
  expect(shown.map((text) => text.replace(/\d+\.\d s/, '0.0 s'))).toEqual([
    '  weather  0.0 s  publishing its code a\n',
    '  weather  0.0 s  3 of 7 CREATE_COMPLET\n',
    '  weather: deployed (1 min 21 s)\n',
  ]);
});
