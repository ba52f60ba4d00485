import { budget, modelSettings } from '@parley/contract/model';
import { containerPort, env } from '@parley/contract/names';
import { httpUrl, jsonSetting, port, readConfig, setting, text, wholeNumber } from '@parley/service/config';

/** Everything the service is told by its environment. The load balancer's longest stop time-out is 120 s. */
const settings = {
  port: setting(env.port, port.default(containerPort)),
  prefix: setting(env.prefix, text),
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
  stopSeconds: setting(env.stopTimeout, wholeNumber(3, 120).default(25)),
};

/** The service's configuration. Throws one error that names every variable that is missing or wrong. */
export function inferenceConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(settings, environment);
}
export type InferenceConfig = ReturnType<typeof inferenceConfig>;

/** A model's key, by the name of its variable. The task's own credentials are no model's key. */
export function readSecret(name: string): string | undefined {
  return name.startsWith('AWS_') ? undefined : process.env[name];
}
