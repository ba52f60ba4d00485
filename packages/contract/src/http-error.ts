import { z } from 'zod';

/** Body of every HTTP error. */
export const errorBody = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    /** What was wrong, the value got, what was expected, and what to do next; for people. */
    message: z.string(),
    field: z.string().optional(),
    /** Names the log lines of this request. */
    requestId: z.string().optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** HTTP status of each error code. */
export const errorStatus = {
  'bad-request': 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'too-many-requests': 429,
  internal: 500,
  'shutting-down': 503,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof errorStatus;
