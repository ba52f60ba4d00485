import { HttpError } from '@parley/service/errors';

const version = 'v1:';

/** A place in a list, as clients get it: nothing to read or to build, so that it can change. */
export function encodeCursor(place: string): string {
  return Buffer.from(version + place).toString('base64url');
}

/** The place a cursor stands for. Throws `bad-request` for anything `encodeCursor` never made. */
export function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith(version) && encodeCursor(text.slice(version.length)) === cursor) {
    return text.slice(version.length);
  }
  throw new HttpError(
    'bad-request',
    'cursor: expected the cursor of an earlier answer, unchanged; leave it out to begin.',
    {
      field: 'cursor',
    },
  );
}
