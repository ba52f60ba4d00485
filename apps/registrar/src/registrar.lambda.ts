import { createLog } from '@parley/service/log';
import { createCatalogStore, type CatalogStore } from '@parley/store/catalog';
import { createStoreClient } from '@parley/store/client';
import { registrarConfig } from './config.ts';
import { createRegistrar } from './handler.ts';

let connected: { prefix: string; catalog: CatalogStore } | undefined;

function registry() {
  if (connected) return connected;
  const { prefix, catalogTable } = registrarConfig();
  connected = {
    prefix,
    catalog: createCatalogStore({ client: createStoreClient(), tableName: catalogTable }),
  };
  return connected;
}

/** Custom resource handler of `Custom::ParleyAgent` and `Custom::ParleyChatApp`. */
export const handler = createRegistrar({ registry, log: createLog({ fields: { service: 'registrar' } }) });
