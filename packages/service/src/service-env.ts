import type { HttpBindings } from '@hono/node-server';
import type { Log } from './log.ts';
import type { User } from './sign-in.ts';

/** What handlers find in their context: `new Hono<ServiceEnv>()`. */
export interface ServiceEnv {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** Logs with the request's id. */
    log: Log;
    /** Set behind `signIn`. */
    user: User;
  };
}
