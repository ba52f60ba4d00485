import type { Cloud } from '../../cloud/connect.ts';

/** An agent or chat app in the catalog. */
export interface Registration {
  kind: 'agent' | 'app';
  id: string;
  /** CloudFormation name of the stack that registered it. */
  owner: string;
}

/** All that is registered and not retired. None when the table itself is gone. */
export async function readRegistrations(cloud: Cloud, tableName: string): Promise<Registration[]> {
  const [{ createCatalogStore }, { createStoreClient }] = await Promise.all([
    import('@parley/store/catalog'),
    import('@parley/store/client'),
  ]);
  const catalog = createCatalogStore({
    client: createStoreClient({ region: cloud.region, maxAttempts: 6 }),
    tableName,
  });
  try {
    if ((await catalog.countLive()) === 0) return [];
    const [agents, apps] = await Promise.all([catalog.listLive('agent'), catalog.listLive('app')]);
    return [...agents, ...apps].map(({ kind, id, owner }) => ({ kind, id, owner }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
    throw error;
  }
}
