import { definitionBytesMax, registrationTypes, serviceTimeoutSeconds } from '@parley/contract/registration';
import { registrarFunctionName } from '@parley/contract/names';
import type { Prefix } from '@parley/contract/names';
import { readCatalog } from './catalog.ts';
import type { CloudAccount } from './cloud-account.ts';
import { account as accountId, region } from './env.ts';
import { expectThat } from './errors.ts';

interface Options {
  account: CloudAccount;
  prefix: Prefix;
}

/**
 * Another stack that registers an agent's id is refused with a reason that names the owner, is rolled back,
 * and leaves the agent as it was: its own rollback sends the registrar a Delete of an id it does not own.
 */
export async function expectForeignOwnerRefused(options: Options): Promise<void> {
  const before = (await readCatalog(options)).agent[0];
  expectThat(before !== undefined, 'the catalog holds no agent');
  const reason = await failedDeploy(options, 'foreign-owner', JSON.stringify(before.definition));
  expectThat(reason.includes(before.owner), `the reason does not name the owner ${before.owner}: ${reason}`);
  await expectUnchanged(options, before);
}

/** A definition that is not even JSON fails the deploy at once, and its stack can still be removed. */
export async function expectGarbageRefused(options: Options): Promise<void> {
  const before = (await readCatalog(options)).agent[0];
  expectThat(before !== undefined, 'the catalog holds no agent');
  const reason = await failedDeploy(options, 'garbage', '{ "id": ');
  expectThat(reason.includes('Definition'), `the reason does not name the field Definition: ${reason}`);
  await expectUnchanged(options, before);
}

async function failedDeploy({ account, prefix }: Options, name: string, definition: string): Promise<string> {
  expectThat(
    Buffer.byteLength(definition) <= definitionBytesMax,
    'the definition is too large for a template',
  );
  return account.failingStack(`${prefix}-${name}`, {
    Resources: {
      Registration: {
        Type: registrationTypes.agent,
        Properties: {
          ServiceToken: `arn:aws:lambda:${region}:${accountId}:function:${registrarFunctionName(prefix)}`,
          ServiceTimeout: serviceTimeoutSeconds,
          Stage: prefix,
          Definition: definition,
          ToolCode: {},
        },
      },
    },
  });
}

async function expectUnchanged(options: Options, before: { id: string; version: string; owner: string }) {
  const after = (await readCatalog(options)).agent.find(({ id }) => id === before.id);
  expectThat(
    after?.version === before.version && after.owner === before.owner,
    `agent ${before.id} was version ${before.version} of ${before.owner}, ` +
      `and is version ${after?.version} of ${after?.owner}`,
  );
}
