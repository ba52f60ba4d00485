import { env } from '@parley/contract/names';
import { readConfig, setting, text } from '@parley/service/config';

/** Configuration of the registrar. Throws `ConfigurationError` naming what is missing. */
export function registrarConfig() {
  return readConfig(
    { prefix: setting(env.prefix, text), catalogTable: setting(env.catalogTable, text) },
    process.env,
  );
}
