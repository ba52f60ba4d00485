import { z } from 'zod';

/** Id of a chat app or agent: the unscoped name of the package that defines it. */
export const idPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const id = z
  .string()
  .max(40, 'expected at most 40 characters')
  .regex(idPattern, 'expected lower-case words joined by single hyphens, such as "my-app"');

/** Name of a tool: what the model calls. Providers accept letters, digits, `_` and `-`, up to 64. */
export const toolName = z
  .string()
  .max(64, 'expected at most 64 characters')
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'expected a letter, then letters, digits, "_" or "-"');

/** A stage is one complete, isolated system. */
export const stage = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,14}$/,
    'expected a lower-case letter, then up to 14 lower-case letters, digits or "-", such as "dev"',
  );
