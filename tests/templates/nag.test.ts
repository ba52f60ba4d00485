import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStacksWorkspace, type StacksWorkspace } from './stacks-workspace.ts';

let workspace: StacksWorkspace;
beforeAll(async () => {
  const copy = 'stacks/chat-apps/own-model';
  workspace = await createStacksWorkspace({ copies: { 'stacks/chat-apps/weather': copy } });
  await edit(join(workspace.root, copy, 'package.json'), '"name": "weather"', '"name": "own-model"');
  const model = `{ provider: 'bedrock', modelId: 'eu.anthropic.claude-sonnet-4-6' }`;
  await edit(join(workspace.root, copy, 'stack.ts'), 'tools: [', `model: ${model}, tools: [`);
});
afterAll(() => workspace.remove());

async function edit(path: string, before: string, after: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(before);
  await writeFile(path, text.replace(before, after));
}

const domain = {
  domain: 'chat.test.example',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/abc',
  webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b',
};

test.each([
  ['dev', 'as it is', {}],
  ['prod', 'as it is', {}],
  [
    'prod',
    'with a domain and a model of Bedrock',
    { site: domain, model: { provider: 'bedrock', modelId: 'eu.anthropic.claude-sonnet-4-6' } },
  ],
])('the stage %s, %s, breaks no rule of AwsSolutions without a reason', async (stage, _, overrides) => {
  const synthesized = await workspace.synthAll({ stage, overrides, plugins: [new AwsSolutionsChecks()] });
  expect(synthesized).toHaveLength(workspace.stacks.length);
  for (const { name, outdir } of synthesized) {
    const report: unknown = JSON.parse(await readFile(join(outdir, 'validation-report.json'), 'utf8'));
    expect(report, name).toMatchObject({ pluginReports: [] });
  }
});
