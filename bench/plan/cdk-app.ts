/**
 * The baseline: the generated chat apps in one CDK app, with the CDK's defaults. `cdk diff --all` runs it by tsx.
 * Takes the workspace's root and the folders' names from its context (cdk.json).
 */
import { ChatApp } from '@parley/cdk/chat-app';
import { settingsOf } from '@parley/cdk/config';
import { readConfig } from '@parley/cdk/config-file';
import { LambdaTool } from '@parley/cdk/lambda-tool';
import { ParleyStack } from '@parley/cdk/parley-stack';
import { App } from 'aws-cdk-lib/core';
import { join } from 'node:path';

const app = new App();
const root = app.node.getContext('bench:root') as string;
const names = app.node.getContext('bench:apps') as string[];
const settings = settingsOf(await readConfig(root), 'dev');
for (const id of names) {
  const folder = join(root, 'stacks/chat-apps', id);
  const source = { folder, root, id, description: undefined, problems: [] };
  const stack = new ParleyStack(app, { package: source, project: 'baseline', stage: 'dev', settings });
  const forecast = new LambdaTool(stack, 'Forecast', { tool: 'forecast' });
  new ChatApp(stack, 'ChatApp', {
    title: 'Weather',
    description: 'Tells what the weather will be in a city.',
    icon: '⛅',
    suggestions: ['What will the weather be in Lisbon tomorrow?', 'Do I need an umbrella in Oslo on Friday?'],
    agent: { instructions: 'prompt.md', tools: [forecast] },
  });
  if (stack.problems.length > 0) throw new Error(JSON.stringify(stack.problems));
}
app.synth();
