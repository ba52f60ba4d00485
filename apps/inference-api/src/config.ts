import type { ModelOptions } from '@parley/agent/models';
import { budget, modelKeyOrigins, modelSettings, type ModelKeyOrigins } from '@parley/contract/model';
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
  keyOrigins: jsonSetting(env.modelKeyOrigins, modelKeyOrigins.default({})),
  budget: jsonSetting(
    env.budget,
    budget.default(() => budget.parse({})),
  ),
};

/** The service's configuration. Throws one error that names every variable that is missing or wrong. */
export function inferenceConfig() {
  return { ...readConfig(settings, process.env), unknownVariables: unknownVariables(process.env) };
}

/**
 * Models' keys, by the name of their variable. A variable that the stage names no origins for is none: not the
 * task's own credentials, nor anything else of its environment.
 */
export function secretReader(keyOrigins: ModelKeyOrigins): NonNullable<ModelOptions['readSecret']> {
  const origins = new Map(Object.entries(keyOrigins));
  return (name) => {
    const value = origins.has(name) ? process.env[name] : undefined;
    return value ? { value, origins: origins.get(name) ?? [] } : undefined;
  };
}
