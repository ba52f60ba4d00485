import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { DeleteParameterCommand, SSMClient, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ssmPath } from '@parley/contract/names';
import type { DeployedFunction } from '@parley/deploy/functions';
import type { PlanJson } from '@parley/deploy/plan-json';
import type { StackAssembly } from './assemblies.ts';
import { expectToolsAnswer, readCatalog } from './catalog.ts';
import { parley, parleyJson } from './command.ts';
import { credentials, region } from './env.ts';
import { expectThat } from './errors.ts';
import type { Scenario } from './scenario.ts';

/** One tool of the weather sample. */
const stack = 'weather';
const tool = 'forecast';
const source = `stacks/chat-apps/${stack}/tools/${tool}.ts`;

/** One tool's function is deployed by itself: only its code changes, the plan knows, and it can be put back. */
export async function deployOneFunction(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const { checks, account, workspace, prefix } = scenario;
  const assembly = stacks.find((each) => each.stack === stack);
  if (!assembly) return;
  const file = join(workspace.root, source);
  const text = await readFile(file, 'utf8');
  const deploy = async () => parleyJson<DeployedFunction>(scenario, 'fn', 'deploy', stack, tool);

  await checks.check('a tool that is deployed as it is has the very code that the CDK uploaded', async () => {
    await account.writeParameter(ssmPath.deployed(prefix, stack), JSON.stringify(madeUpRecord));
    const { isChanged } = await deploy();
    expectThat(!isChanged, 'the same code should have the same hash at Lambda whoever put it there');
  });
  await checks.check(
    'a changed tool deployed by itself changes the code of its function and nothing else',
    async () => {
      const before = await everything(scenario, assembly);
      await writeFile(file, `${text}\nReflect.set(globalThis, 'changedByHand', true);\n`);
      const { functionName, isChanged, isPermanent } = await deploy();
      expectThat(isChanged && !isPermanent, 'the function should run other code, ahead of its stack');
      const after = await everything(scenario, assembly);
      expectChanged(before, after, [
        `function ${functionName}`,
        `parameter ${ssmPath.deployed(prefix, stack)}`,
      ]);
      await expectToolsAnswer(await readCatalog(scenario), account);
    },
  );
  await checks.check('the plan knows of the function that was deployed by hand', async () => {
    const { stacks: planned } = await parleyJson<PlanJson>(scenario, 'plan', stack);
    const told = planned[0]?.reasons.find(({ code }) => code === 'function-by-hand')?.text ?? '';
    expectThat(
      /^function forecast was deployed by hand \([0-9a-f]{8}\) ahead of the stack: deploy makes it permanent/.test(
        told,
      ),
      `the plan says: ${JSON.stringify(planned[0]?.reasons)}`,
    );
  });
  await checks.check('a tool whose description changed, and an unknown one, are refused', async () => {
    await writeFile(file, text.replace('Tells the weather', 'Tells all the weather'));
    const changed = await parley(scenario, 'fn', 'deploy', stack, tool);
    expectThat(
      changed.exitCode === 1 && /The description of forecast changed.*Deploy the stack/s.test(changed.all),
      changed.all,
    );
    await writeFile(file, text);
    const unknown = await parley(scenario, 'fn', 'deploy', stack, 'forcast');
    expectThat(unknown.exitCode === 1 && unknown.all.includes('There are: forecast.'), unknown.all);
    await deploy();
    const ssm = new SSMClient({ endpoint: scenario.endpoint, region, credentials });
    await ssm.send(new DeleteParameterCommand({ Name: ssmPath.deployed(prefix, stack) }));
  });
}

const madeUpRecord = {
  v: 1,
  stack,
  outcome: 'succeeded',
  at: '2026-11-21T09:12:00.000Z',
  who: 'test-cloud',
  version: '0.1.0',
  fingerprint: { digest: '0'.repeat(16), template: '1'.repeat(16), images: {} },
};

/** All that the stage's account holds and a command could touch, as text by kind and name. */
async function everything(scenario: Scenario, { stackName }: StackAssembly): Promise<Map<string, string>> {
  const { endpoint, prefix } = scenario;
  const options = { endpoint, region, credentials };
  const found = new Map<string, string>();
  const cloudFormation = new CloudFormationClient(options);
  const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName: stackName }));
  found.set('template', TemplateBody ?? '');
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stackName })) {
    for (const each of page.StackResourceSummaries ?? [])
      found.set(`resource ${each.LogicalResourceId}`, JSON.stringify(each));
  }
  for await (const page of paginateListFunctions({ client: new LambdaClient(options) }, {})) {
    for (const each of page.Functions ?? []) found.set(`function ${each.FunctionName}`, JSON.stringify(each));
  }
  const below = { Path: `/${prefix}`, Recursive: true };
  for await (const page of paginateGetParametersByPath({ client: new SSMClient(options) }, below)) {
    for (const { Name, Value } of page.Parameters ?? []) found.set(`parameter ${Name}`, Value ?? '');
  }
  const { agent, app, agentVersions } = await readCatalog(scenario);
  found.set('catalog', JSON.stringify([agent, app, [...agentVersions]]));
  return found;
}

function expectChanged(before: Map<string, string>, after: Map<string, string>, expected: string[]): void {
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => before.get(name) !== after.get(name)).toSorted();
  expectThat(
    JSON.stringify(changed) === JSON.stringify(expected.toSorted()),
    `expected only ${expected.join(', ')} to change, but changed are ${changed.join(', ')}`,
  );
  const [name = ''] = expected;
  const [a, b] = [before, after].map((each) => JSON.parse(each.get(name) ?? '{}') as Record<string, unknown>);
  const parts = Object.keys(b ?? {}).filter(
    (part) => JSON.stringify(a?.[part]) !== JSON.stringify(b?.[part]),
  );
  // Lambda tells by these how far a change of the code is.
  const others = parts.filter(
    (part) => !/^(CodeSha256|CodeSize|LastModified|RevisionId|(State|LastUpdateStatus)\w*)$/.test(part),
  );
  expectThat(others.length === 0, `of ${name} changed also ${others.join(', ')}`);
}
