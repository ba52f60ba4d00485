import { ToolError } from '@parley/contract/tool';
import { findNormals, normalsCities, type MonthNormals } from './climate-normals.ts';
import type { OpenMeteoSettings } from './config.ts';
import { daysBetween, resolveDay, todayIn } from './day.ts';
import { dayForecast, findPlace, forecastDays, WeatherServiceError, type Place } from './open-meteo.ts';
import { weatherWords } from './weather-words.ts';

export interface ForecastInput {
  city: string;
  day?: string | undefined;
}

/** The weather of one day: a forecast, or what is usual, as `source` and `note` say. */
export interface Weather {
  city: string;
  country?: string | undefined;
  date: string;
  /** One sentence with the figures that follow. */
  summary: string;
  temperatureMaxC: number;
  temperatureMinC: number;
  precipitationChancePercent?: number | undefined;
  precipitationMm?: number | undefined;
  windMaxKmh?: number | undefined;
  source: 'Open-Meteo forecast' | 'climate normals (offline)';
  /** What the reader has to know of figures that are no forecast. */
  note?: string;
}

/**
 * The weather of a city on one day: Open-Meteo's forecast, or the climate normals when it cannot be had.
 * @throws ToolError when the city or the day cannot be made out
 */
export async function forecast(
  { city, day }: ForecastInput,
  settings: OpenMeteoSettings,
  now: Date = new Date(),
): Promise<Weather> {
  const signal = AbortSignal.timeout(settings.timeoutMs);
  try {
    const place = await findPlace(city, settings, signal);
    if (!place)
      throw new ToolError(
        `There is no city called "${city}". Check its spelling, or name a larger one nearby.`,
      );
    return await forecastAt(place, day, settings, signal, now);
  } catch (error) {
    if (!(error instanceof WeatherServiceError)) throw error;
    const date = dateOf(day, todayIn('UTC', now));
    return usualWeather(city, date, 'the weather service could not be reached');
  }
}

async function forecastAt(
  place: Place,
  day: string | undefined,
  settings: OpenMeteoSettings,
  signal: AbortSignal,
  now: Date,
): Promise<Weather> {
  const today = todayIn(place.timezone, now);
  const date = dateOf(day, today);
  const ahead = daysBetween(today, date);
  if (ahead < 0 || ahead > forecastDays) {
    return usualWeather(
      place.name,
      date,
      ahead < 0 ? 'that day is past' : 'that day is too far away for a forecast',
    );
  }
  const { weatherCode, ...figures } = await dayForecast(place, date, settings, signal);
  const { temperatureMinC: min, temperatureMaxC: max, precipitationChancePercent: chance } = figures;
  const rain = chance === undefined ? '' : `, ${chance} % chance of rain`;
  return {
    city: place.name,
    country: place.country,
    date,
    summary: `${weatherWords(weatherCode)}, ${Math.round(min)} to ${Math.round(max)} °C${rain}, wind up to ${Math.round(figures.windMaxKmh)} km/h`,
    ...figures,
    source: 'Open-Meteo forecast',
  };
}

function dateOf(day: string | undefined, today: string): string {
  const date = resolveDay(day, today);
  if (date !== undefined) return date;
  throw new ToolError(
    `"${day}" is no day this tool understands. Expected "today", "tomorrow", a weekday, or a date such as "${today}".`,
  );
}

function usualWeather(city: string, date: string, because: string): Weather {
  const normals = findNormals(city);
  if (!normals) {
    throw new ToolError(
      `No forecast for "${city}": ${because}, and it is not among the ${normalsCities} cities whose usual weather is built in. Try again later, or name a large city nearby.`,
    );
  }
  const month = new Date(date).toLocaleString('en', { month: 'long', timeZone: 'UTC' });
  const figures: MonthNormals = normals.month(new Date(date).getUTCMonth());
  return {
    city: normals.city,
    country: normals.country,
    date,
    summary: `usually ${figures.lowC} to ${figures.highC} °C in ${month}, with about ${figures.precipitationMm} mm of rain or snow in the whole month`,
    temperatureMaxC: figures.highC,
    temperatureMinC: figures.lowC,
    source: 'climate normals (offline)',
    note: `This is not a forecast: ${because}. The figures are what is usual in ${normals.city} in ${month}.`,
  };
}
