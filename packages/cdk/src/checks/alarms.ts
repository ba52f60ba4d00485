import type { Check } from './check.ts';
import { asList, referencesIn, resourcesOf, textOf, type FoundResource } from './template.ts';

/** T33: an alarm that tells nobody. One that only counts as a part of a composite alarm needs no action. */
export const alarmActions: Check = (template) => {
  const composites = resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm');
  const isPart = ({ logicalId, properties }: FoundResource) =>
    composites.some(
      ({ properties: { AlarmRule } }) =>
        referencesIn(AlarmRule).has(logicalId) ||
        (properties['AlarmName'] !== undefined &&
          textOf(AlarmRule).includes(textOf(properties['AlarmName']))),
    );
  return [...resourcesOf(template, 'AWS::CloudWatch::Alarm').filter((alarm) => !isPart(alarm)), ...composites]
    .filter(
      ({ properties }) =>
        properties['ActionsEnabled'] === false || asList(properties['AlarmActions']).length === 0,
    )
    .map(({ logicalId }) => ({
      at: logicalId,
      found: 'the alarm has no action',
      expected: 'an action, so that somebody learns of it',
      mend: 'add one (alarm.addAlarmAction), or remove the alarm',
    }));
};
