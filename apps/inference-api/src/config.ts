import { budget, modelSettings } from '@parley/contract/model';
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

/** Everything the service is told by its environment. The load balancer's longest stop time-out is 120 s. */
const settings = {
  port: setting(env.port, port.default(containerPort)),
  host: setting(env.host, text.optional()),
  catalogTable: setting(env.catalogTable, text),
  conversationsTable: setting(env.conversationsTable, text),
  attachmentsBucket: setting(env.attachmentsBucket, text),
  authIssuer: setting(env.authIssuer, httpUrl),
  authScope: setting(env.authScope, text),
  authJwksUrl: setting(env.authJwksUrl, httpUrl.optional()),
  model: jsonSetting(env.model, modelSettings.default({ provider: 'demo' })),
  budget: jsonSetting(
    env.budget,
    budget.default(() => budget.parse({})),
  ),
  stopSeconds: setting(env.stopTimeout, wholeNumber(5, 120).default(30)),
};

/** The service's configuration. Throws one error that names every variable that is missing or wrong. */
export function inferenceConfig() {
  return { ...readConfig(settings, process.env), unknownVariables: unknownVariables(process.env) };
}

/** A model's key, by the name of its variable. The task's own credentials are no model's key. */
export function readSecret(name: string): string | undefined {
  return name.startsWith('AWS_') ? undefined : process.env[name];
}
