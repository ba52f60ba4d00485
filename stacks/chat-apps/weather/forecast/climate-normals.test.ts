import { expect, test } from 'vitest';
import { allNormals, findNormals, normalsCities } from './climate-normals.ts';

test('there are at least a hundred cities, and no name twice', () => {
  const names = allNormals().flatMap((row) => row.names);
  expect(normalsCities).toBeGreaterThanOrEqual(100);
  expect(new Set(names).size).toBe(names.length);
});

test('every city has twelve plausible months', () => {
  for (const { names, country, highs, lows, precipitation } of allNormals()) {
    expect([highs.length, lows.length, precipitation.length], names[0]).toEqual([12, 12, 12]);
    expect(country, names[0]).not.toBe('');
    for (const [month, high] of highs.entries()) {
      const at = `${names[0]}, month ${month + 1}`;
      const low = lows[month] ?? Number.NaN;
      expect(high, at).toBeGreaterThan(low);
      expect(low, at).toBeGreaterThanOrEqual(-30);
      expect(high, at).toBeLessThanOrEqual(46);
      expect(precipitation[month], at).toBeGreaterThanOrEqual(0);
      expect(precipitation[month], at).toBeLessThanOrEqual(1000);
    }
  }
});

test('summer is warmer than winter, on both halves of the globe', () => {
  const high = (city: string, month: number) => findNormals(city)?.month(month).highC ?? Number.NaN;
  for (const city of ['Lisbon', 'Oslo', 'Tokyo', 'Chicago'])
    expect(high(city, 6), city).toBeGreaterThan(high(city, 0));
  for (const city of ['Sydney', 'Cape Town', 'Santiago'])
    expect(high(city, 0), city).toBeGreaterThan(high(city, 6));
});

test.each([
  ['Lisbon', 'Lisbon'],
  ['lisboa', 'Lisbon'],
  ['Lisbon, Portugal', 'Lisbon'],
  ['SAO PAULO', 'São Paulo'],
  ['Zürich', 'Zurich'],
  ['münchen', 'Munich'],
  ['NYC', 'New York'],
])('%s is found as %s', (asked, city) => {
  expect(findNormals(asked)?.city).toBe(city);
});

test('a city that is not there is not made up', () => {
  expect(findNormals('Atlantis')).toBeUndefined();
  expect(findNormals('')).toBeUndefined();
});
