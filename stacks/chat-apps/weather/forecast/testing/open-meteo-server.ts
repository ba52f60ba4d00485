import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Open-Meteo's geocoding answers, as recorded for "Lisbon", shortened to one result. */
const lisbon = {
  results: [
    {
      id: 2267057,
      name: 'Lisbon',
      latitude: 38.72509,
      longitude: -9.1498,
      elevation: 15.0,
      feature_code: 'PPLC',
      country_code: 'PT',
      admin1_id: 2267056,
      timezone: 'Europe/Lisbon',
      population: 517802,
      country_id: 2264397,
      country: 'Portugal',
      admin1: 'Lisbon',
    },
    {
      id: 4914738,
      name: 'Lisbon',
      latitude: 44.03146,
      longitude: -70.1045,
      elevation: 39.0,
      feature_code: 'PPL',
      country_code: 'US',
      timezone: 'America/New_York',
      population: 4211,
      country: 'United States',
      admin1: 'Maine',
    },
  ],
  generationtime_ms: 0.6,
};

/** What it answers for a name that no place has. */
const nowhere = { generationtime_ms: 0.4 };

/** What the forecast answers for one day, in the recorded shape. */
const forecastOf = (query: URLSearchParams) => ({
  latitude: Number(query.get('latitude')),
  longitude: Number(query.get('longitude')),
  generationtime_ms: 0.1,
  utc_offset_seconds: 0,
  timezone: 'Europe/Lisbon',
  timezone_abbreviation: 'GMT',
  elevation: 45.0,
  daily_units: { time: 'iso8601', weather_code: 'wmo code', temperature_2m_max: '°C' },
  daily: {
    time: [query.get('start_date')],
    weather_code: [61],
    temperature_2m_max: [17.6],
    temperature_2m_min: [11.2],
    precipitation_probability_max: [65],
    precipitation_sum: [4.2],
    wind_speed_10m_max: [22.9],
  },
});

/** Answers one request in another way than Open-Meteo does when it works. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface OpenMeteoServer {
  url: string;
  /** Paths with queries of the requests so far. */
  requests: URL[];
  /** What to do with requests for this path in place of answering them. */
  faults: Map<'/v1/search' | '/v1/forecast', Answer>;
  close(): Promise<void>;
}

/** A local server that speaks what Open-Meteo's two services speak. */
export async function startOpenMeteo(): Promise<OpenMeteoServer> {
  const requests: URL[] = [];
  const faults: OpenMeteoServer['faults'] = new Map();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://open-meteo.test');
    requests.push(url);
    const fault = faults.get(url.pathname as '/v1/search' | '/v1/forecast');
    if (fault) return fault(request, response);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(answerOf(url)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function answerOf({ pathname, searchParams }: URL): unknown {
  if (pathname === '/v1/forecast') return forecastOf(searchParams);
  return searchParams.get('name') === 'Lisbon' ? lisbon : nowhere;
}
