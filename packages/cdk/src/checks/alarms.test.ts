import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const refused =
  'the alarm has no action; expected an action, so that somebody learns of it: add one (alarm.addAlarmAction), or remove the alarm [alarm-actions]';

test('an alarm that tells nobody is refused (T33)', async () => {
  expect(await problemsOf(`add('Full', 'AWS::CloudWatch::Alarm', { AlarmActions: [] });`)).toEqual([
    `stack.ts: Full (Full): ${refused}`,
  ]);
  const off = `add('Full', 'AWS::CloudWatch::Alarm', { AlarmActions: ['arn'], ActionsEnabled: false });`;
  expect(await problemsOf(off)).toHaveLength(1);
});

test('an alarm that is a part of one with an action is accepted', async () => {
  const body = (actions: string) => `
    const part = add('Part', 'AWS::CloudWatch::Alarm');
    add('Whole', 'AWS::CloudWatch::CompositeAlarm', {
      AlarmRule: Fn.join('', ['ALARM(', part.getAtt('Arn').toString(), ')']), AlarmActions: ${actions},
    });`;
  expect(await problemsOf(body(`['arn']`))).toEqual([]);
  expect(await problemsOf(body('[]'))).toEqual([`stack.ts: Whole (Whole): ${refused}`]);
});
