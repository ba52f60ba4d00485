import { expect, test } from 'vitest';
import { refuseBadNames, refuseEqualNames, workflowFile, workflowName } from './workflow-name.ts';

test('a workflow is called after its stack, each part with a capital', () => {
  expect(['weather', 'registry-api', 'my_app.2', 'tripPlanner'].map(workflowName)).toEqual([
    'Weather.BuildTest.Deploy',
    'RegistryApi.BuildTest.Deploy',
    'MyApp2.BuildTest.Deploy',
    'TripPlanner.BuildTest.Deploy',
  ]);
  expect(workflowFile('weather')).toBe('.github/workflows/Weather.BuildTest.Deploy.yml');
});

test('stacks that would share a file are refused, also where file names know no capitals', () => {
  expect(() => refuseEqualNames(['my-app', 'weather', 'my_app'])).toThrow(
    'my-app and my_app would have one workflow, .github/workflows/MyApp.BuildTest.Deploy.yml: give one of them another name.',
  );
  expect(() => refuseEqualNames(['myapp', 'my-app'])).toThrow('myapp and my-app would have one workflow');
  expect(() => refuseEqualNames(['my-app', 'weather'])).not.toThrow();
});

test.each(['${{ github.token }}', '../../x', '', 'a\nb', 'My-App'])(
  'the stack name %j is refused',
  (name) => {
    expect(() => refuseBadNames(['weather', name])).toThrow(
      `the stack ${JSON.stringify(name)}: expected lower-case words`,
    );
  },
);
