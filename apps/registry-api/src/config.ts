import { modelSettings } from '@parley/contract/model';
import { env } from '@parley/contract/names';
import {
  httpServiceSettings,
  jsonSetting,
  readConfig,
  setting,
  text,
  unknownVariables,
} from '@parley/service/config';

/** Everything the service is told by its environment. */
const settings = {
  ...httpServiceSettings,
  catalogTable: setting(env.catalogTable, text),
  conversationsTable: setting(env.conversationsTable, text),
  attachmentsBucket: setting(env.attachmentsBucket, text),
  model: jsonSetting(env.model, modelSettings.default({ provider: 'demo' })),
};

/** The service's configuration. Throws one error that names every variable that is missing or wrong. */
export function registryApiConfig() {
  return { ...readConfig(settings, process.env), unknownVariables: unknownVariables(process.env) };
}
