import type { HttpBindings } from '@hono/node-server';
import type { Log } from './log.ts';

/** Who a request comes from, as its token says. `sub` owns records. */
export interface User {
  sub: string;
  groups: string[];
  /** What to call the user; `sub` when the token has no name. */
  name: string;
}

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
