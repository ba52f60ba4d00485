import { routePattern } from '@parley/contract/routes';
import type { ServiceEnv } from '@parley/service/service-env';
import type { Hono } from 'hono';
import type { AppDirectory } from './directory.ts';

/** `GET /api/chat-apps` and `GET /api/chat-apps/{app}`. */
export function addChatAppRoutes(app: Hono<ServiceEnv>, directory: AppDirectory): void {
  app.get(routePattern('chatApps'), async (c) => c.json({ chatApps: await directory.list(c.get('user')) }));
  app.get(routePattern('chatApp'), async (c) =>
    c.json(await directory.get(c.get('user'), c.req.param('app') ?? '')),
  );
}
