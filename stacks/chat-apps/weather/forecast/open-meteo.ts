import { z } from 'zod';
import type { OpenMeteoSettings } from './config.ts';

/** A place as Open-Meteo knows it. */
export interface Place {
  name: string;
  country?: string | undefined;
  latitude: number;
  longitude: number;
  timezone: string;
}

/** One day's forecast. */
export interface DayForecast {
  weatherCode: number;
  temperatureMaxC: number;
  temperatureMinC: number;
  precipitationChancePercent?: number | undefined;
  precipitationMm: number;
  windMaxKmh: number;
}

/** Open-Meteo could not be reached in time, or what it answered was no answer. */
export class WeatherServiceError extends Error {
  override readonly name = 'WeatherServiceError';
}

/** Days after today for which there is a forecast. */
export const forecastDays = 15;

const geocoding = z.object({
  results: z
    .array(
      z.object({
        name: z.string(),
        latitude: z.number(),
        longitude: z.number(),
        timezone: z.string(),
        country: z.string().optional(),
        country_code: z.string().optional(),
        admin1: z.string().optional(),
      }),
    )
    .optional(),
});

/**
 * Finds a city. What follows a comma chooses among cities of the same name. Undefined: there is none.
 * @throws WeatherServiceError
 */
export async function findPlace(
  city: string,
  { geocodingUrl }: OpenMeteoSettings,
  signal: AbortSignal,
): Promise<Place | undefined> {
  const [name = '', ...rest] = city.split(',').map((part) => part.trim());
  const url = new URL('/v1/search', geocodingUrl);
  url.search = new URLSearchParams({ name, count: '10', language: 'en', format: 'json' }).toString();
  const { results = [] } = await request(url, geocoding, signal);
  const region = rest.join(' ').toLowerCase();
  const matching = results.find(({ country, country_code: code, admin1 }) =>
    [country, code, admin1].some((each) => region !== '' && each?.toLowerCase() === region),
  );
  return matching ?? results[0];
}

const daily = z.object({
  daily: z.object({
    weather_code: z.tuple([z.number()]),
    temperature_2m_max: z.tuple([z.number()]),
    temperature_2m_min: z.tuple([z.number()]),
    precipitation_probability_max: z.tuple([z.number().nullable()]),
    precipitation_sum: z.tuple([z.number()]),
    wind_speed_10m_max: z.tuple([z.number()]),
  }),
});

/**
 * The forecast for one date at a place.
 * @throws WeatherServiceError
 */
export async function dayForecast(
  place: Place,
  date: string,
  { forecastUrl }: OpenMeteoSettings,
  signal: AbortSignal,
): Promise<DayForecast> {
  const url = new URL('/v1/forecast', forecastUrl);
  url.search = new URLSearchParams({
    latitude: String(place.latitude),
    longitude: String(place.longitude),
    daily: Object.keys(daily.shape.daily.shape).join(','),
    timezone: 'auto',
    start_date: date,
    end_date: date,
  }).toString();
  const { daily: day } = await request(url, daily, signal);
  return {
    weatherCode: day.weather_code[0],
    temperatureMaxC: day.temperature_2m_max[0],
    temperatureMinC: day.temperature_2m_min[0],
    precipitationChancePercent: day.precipitation_probability_max[0] ?? undefined,
    precipitationMm: day.precipitation_sum[0],
    windMaxKmh: day.wind_speed_10m_max[0],
  };
}

async function request<Schema extends z.ZodType>(
  url: URL,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  try {
    const response = await fetch(url, { signal, headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return schema.parse(await response.json());
  } catch (error) {
    throw new WeatherServiceError(`no usable answer from ${url.host}`, { cause: error });
  }
}
