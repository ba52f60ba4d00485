import { existsSync, readFileSync } from 'node:fs';

/** Content of a JSON file; undefined when there is no such file, or no JSON in it. A schema then says what is missing. */
export function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
