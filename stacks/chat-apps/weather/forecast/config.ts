import { z } from 'zod';

/** Where Open-Meteo is asked, and for how long. */
export interface OpenMeteoSettings {
  geocodingUrl: string;
  forecastUrl: string;
  /** Milliseconds for all requests of one call together; then the built-in normals answer. */
  timeoutMs: number;
}

const url = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });
const environment = z.object({
  OPEN_METEO_GEOCODING_URL: url.default('https://geocoding-api.open-meteo.com'),
  OPEN_METEO_FORECAST_URL: url.default('https://api.open-meteo.com'),
  OPEN_METEO_TIMEOUT_MS: z.coerce.number().int().min(1).max(8_000).default(2_000),
});

/** Reads the settings from the function's environment. Throws when one is not what it should be. */
export function openMeteoSettings(variables: NodeJS.ProcessEnv = process.env): OpenMeteoSettings {
  const values = environment.parse(variables);
  return {
    geocodingUrl: values.OPEN_METEO_GEOCODING_URL,
    forecastUrl: values.OPEN_METEO_FORECAST_URL,
    timeoutMs: values.OPEN_METEO_TIMEOUT_MS,
  };
}
