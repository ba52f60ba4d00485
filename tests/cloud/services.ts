import { ECRClient, CreateRepositoryCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { imageRepository, ssmPath } from '@parley/contract/names';
import type { StageStatus } from '@parley/deploy/status';
import type { StackAssembly } from './assemblies.ts';
import { parley, parleyJson } from './command.ts';
import { credentials, region } from './env.ts';
import { expectThat } from './errors.ts';
import type { Scenario } from './scenario.ts';

const service = 'inference-api';
const stack = 'inference';
/** The emulator's tasks have no addresses, so that its load balancer knows none. */
const notEmulated = 'no task is registered with the load balancer';
const tags = { first: '1'.repeat(32), second: '2'.repeat(32) };

/**
 * Services are looked after by the commands: their status is read, and one goes back to the image before, which
 * CloudFormation knows of. Tasks that fail are not among what the emulator does: recorded states prove those.
 */
export async function careForServices(
  scenario: Scenario,
  stacks: StackAssembly[],
  deploy: (assembly: StackAssembly) => Promise<string[]>,
): Promise<void> {
  const { checks, account, prefix } = scenario;
  const assembly = stacks.find((each) => each.stack === stack);
  if (!assembly) return;
  const path = ssmPath.imageTag(prefix, service);

  await checks.check('the status shows every stack, and services with all their tasks', async () => {
    const { stacks: shown, url } = await parleyJson<StageStatus>(scenario, 'status');
    const problems = shown.flatMap((each) => [each, ...each.services]).flatMap((each) => each.problems);
    const isWell = problems.every((problem) => problem === notEmulated);
    expectThat(isWell, `the stage is not well: ${problems.join('; ')}`);
    expectThat(/^https:\/\/./.test(url ?? ''), `its address is ${url}`);
    const names = shown.map((each) => each.stack).toSorted();
    const expected = stacks.map((each) => each.stack).toSorted();
    expectThat(names.join() === expected.join(), `expected ${expected.join()}, got ${names.join()}`);
    const services = shown.flatMap((each) => each.services);
    expectThat(
      services.length === 2 && services.every(({ running, wanted }) => running === wanted && wanted > 0),
      `the services are ${JSON.stringify(services)}`,
    );
  });
  await checks.check(`a rolled back ${service} runs the image before, and CloudFormation knows`, async () => {
    const last = await account.readParameter(path);
    await pretendPushed(scenario);
    for (const tag of Object.values(tags)) {
      await account.writeParameter(path, tag);
      await deploy(assembly);
    }
    const back = await parley(scenario, 'rollback', service, '--yes');
    expectThat(back.exitCode === 0, back.all);
    expectThat(back.all.includes(`${tags.second} → ${tags.first}`), back.all);
    const value = await account.readParameter(path);
    expectThat(value === tags.first, `the parameter is ${value}`);
    const { stacks: shown } = await parleyJson<StageStatus>(scenario, 'status');
    const now = shown.flatMap((each) => each.services).find((each) => each.service === service);
    expectThat(now?.image === tags.first && now.running === now.wanted, `it runs ${JSON.stringify(now)}`);
    const changed = await deploy(assembly);
    expectThat(changed.length === 0, `CloudFormation would still change ${changed.join()}`);
    await account.writeParameter(path, last);
    await deploy(assembly);
  });
  await checks.check('a rollback to an image that is not there lists those there are', async () => {
    const { exitCode, all } = await parley(scenario, 'rollback', service, '--to', 'latest', '--yes');
    expectThat(exitCode === 1 && Object.values(tags).every((tag) => all.includes(tag)), all);
  });
  await checks.check('what a tool logs in its function can be read', async () => {
    const { exitCode, all } = await parley(scenario, 'logs', 'weather/forecast', '--since', '1h');
    expectThat(exitCode === 0 && /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}\S+ {2}/m.test(all), all);
    const unknown = await parley(scenario, 'logs', 'nobody');
    expectThat(unknown.exitCode === 1 && unknown.all.includes('There are: '), unknown.all);
  });
}

async function pretendPushed({ endpoint, prefix }: Scenario): Promise<void> {
  const ecr = new ECRClient({ endpoint, region, credentials });
  const repositoryName = imageRepository(prefix, service);
  await ecr.send(new CreateRepositoryCommand({ repositoryName })).catch(() => {});
  for (const imageTag of Object.values(tags)) {
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      config: {},
      layers: [],
      annotations: { imageTag },
    });
    await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
  }
}
