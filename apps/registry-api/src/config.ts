import { modelSettings } from '@parley/contract/model';
import { containerPort, env } from '@parley/contract/names';
import {
  httpUrl,
  jsonSetting,
  port,
  readConfig,
  setting,
  text,
  unknownVariables,
  wholeNumber,
} from '@parley/service/config';

/** Everything the service is told by its environment. */
const settings = {
  port: setting(env.port, port.default(containerPort)),
  host: setting(env.host, text.optional()),
  catalogTable: setting(env.catalogTable, text),
  conversationsTable: setting(env.conversationsTable, text),
  authIssuer: setting(env.authIssuer, httpUrl),
  authScope: setting(env.authScope, text),
  authJwksUrl: setting(env.authJwksUrl, httpUrl.optional()),
  model: jsonSetting(env.model, modelSettings.default({ provider: 'demo' })),
  stopSeconds: setting(env.stopTimeout, wholeNumber(1, 120).default(30)),
};

/** The service's configuration. Throws one error that names every variable that is missing or wrong. */
export function registryApiConfig() {
  return { ...readConfig(settings, process.env), unknownVariables: unknownVariables(process.env) };
}
