/**
 * The baseline: the generated chat apps in one CDK app, with the CDK's defaults: `cdk diff --all` checks its types and
 * runs it by tsx, as `cdk init` has it, and tools are bundled by the CDK's construct for TypeScript.
 * Takes the workspace's root and the folders' names from its context (cdk.json).
 */
import { ChatApp } from '@parley/cdk/chat-app';
import { settingsOf } from '@parley/cdk/config';
import { readConfig } from '@parley/cdk/config-file';
import { LambdaTool } from '@parley/cdk/lambda-tool';
import { ParleyStack } from '@parley/cdk/parley-stack';
import { Runtime, type CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
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
  bundleAtSynth(forecast, join(folder, forecast.source));
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

/** Gives the tool the code that the CDK's own construct for TypeScript makes: bundled anew by each synth. */
function bundleAtSynth(tool: LambdaTool, entry: string): void {
  const scope = ParleyStack.of(tool);
  const bundled = new NodejsFunction(scope, 'Bundled', { entry, runtime: Runtime.NODEJS_24_X });
  const { code } = bundled.node.defaultChild as CfnFunction;
  scope.node.tryRemoveChild('Bundled');
  (tool.node.findChild('Lambda').node.findChild('Function').node.defaultChild as CfnFunction).code = code;
}
