import { normalsTable } from './normals-table.ts';

/** What is usual in one month. */
export interface MonthNormals {
  /** Mean of the days' highest and lowest temperatures. */
  highC: number;
  lowC: number;
  /** Rain and snow of the whole month. */
  precipitationMm: number;
}

export interface CityNormals {
  city: string;
  country: string;
  /** @param index of the month, from 0 for January */
  month(index: number): MonthNormals;
}

interface Row {
  names: string[];
  country: string;
  highs: number[];
  lows: number[];
  precipitation: number[];
}

const rows: Row[] = normalsTable.trim().split('\n').map(parseRow);
const byName = new Map(rows.flatMap((row) => row.names.map((name) => [plain(name), row] as const)));

/** How many cities the table has. */
export const normalsCities = rows.length;

/** The normals of a city, under its English or own name, with or without its country; undefined when it has none. */
export function findNormals(city: string): CityNormals | undefined {
  const row = byName.get(plain(city)) ?? byName.get(plain(city.split(',')[0] ?? ''));
  if (!row) return undefined;
  return {
    city: row.names[0] ?? city,
    country: row.country,
    month: (index) => ({
      highC: row.highs[index] ?? Number.NaN,
      lowC: row.lows[index] ?? Number.NaN,
      precipitationMm: row.precipitation[index] ?? Number.NaN,
    }),
  };
}

/** All rows, for checks of the table as a whole. */
export function allNormals(): readonly Readonly<Row>[] {
  return rows;
}

function parseRow(line: string): Row {
  const [names = '', country = '', ...series] = line.split('|').map((part) => part.trim());
  const [highs = [], lows = [], precipitation = []] = series.map((text) => text.split(/\s+/).map(Number));
  return { names: names.split('/'), country, highs, lows, precipitation };
}

/** `São Paulo` and `sao paulo` are the same name. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .trim();
}
