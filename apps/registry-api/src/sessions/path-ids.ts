import { attachmentId as attachmentIdSchema } from '@parley/contract/attachment';
import { NotFoundError } from '@parley/store/errors';
import type { Context } from 'hono';

/** The session id of the path. Anything that cannot be an id is answered as an unknown one, without asking the table. */
export function sessionId(c: Context): string {
  return idOf('session', c.req.param('sessionId'));
}

/** The message id of the path, with the same care. */
export function messageId(c: Context): string {
  return idOf('message', c.req.param('messageId'));
}

/** The attachment id of the path, with the same care. */
export function attachmentId(c: Context): string {
  const id = c.req.param('attachmentId') ?? '';
  if (!attachmentIdSchema.safeParse(id).success) throw new NotFoundError('attachment', id.slice(0, 128));
  return id;
}

function idOf(what: 'session' | 'message', given = ''): string {
  if (!/^[\w-]{1,128}$/.test(given)) throw new NotFoundError(what, given.slice(0, 128));
  return given;
}
