import { siteFolder, siteResourceType } from '@parley/contract/site';
import { webConfig } from '@parley/contract/web-config';
import type { StackAssembly } from './assemblies.ts';
import type { CloudAccount } from './cloud-account.ts';
import { expectThat } from './errors.ts';

/** The built page is in the bucket of the stack that publishes it, whole, and says whom to sign in with. */
export async function expectSite(account: CloudAccount, stacks: StackAssembly[]): Promise<void> {
  const publishing = stacks.filter(({ template }) => idOf(template, siteResourceType) !== undefined);
  expectThat(publishing.length === 1, `one stack should publish a site, but ${publishing.length} do`);
  for (const { stackName, template } of publishing) {
    const bucket = await account.physicalId(stackName, idOf(template, 'AWS::S3::Bucket') ?? '');
    const page = await account.readObject(bucket, `${siteFolder}/index.html`);
    expectThat(page.cacheControl === 'no-cache', `the page is kept: ${page.cacheControl}`);
    const assets = [...page.text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
    expectThat(assets.length > 0, `the page names no file of its own: ${page.text}`);
    for (const path of assets) {
      const { text, cacheControl } = await account.readObject(bucket, `${siteFolder}/${path}`);
      expectThat(text !== '', `${path} is empty`);
      expectThat(cacheControl?.includes('immutable') === true, `${path} is not kept: ${cacheControl}`);
    }
    await expectConfig(account, bucket, stackName, idOf(template, 'AWS::Cognito::UserPoolClient') ?? '');
  }
}

async function expectConfig(account: CloudAccount, bucket: string, stackName: string, client: string) {
  const { text } = await account.readObject(bucket, `${siteFolder}/config.json`);
  const { clientId, metadataUrl } = webConfig.parse(JSON.parse(text));
  const expected = await account.physicalId(stackName, client);
  expectThat(clientId === expected, `the page signs in as ${clientId}, but its client is ${expected}`);
  expectThat(metadataUrl === undefined, `the page is told ${metadataUrl}, which is for local running only`);
}

function idOf({ Resources }: StackAssembly['template'], type: string): string | undefined {
  return Object.keys(Resources).find((id) => Resources[id]?.Type === type);
}
