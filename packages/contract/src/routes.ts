/** Routes of the two services, seen from the listener. `{x}` stands for one path segment. */
export const routes = {
  health: '/health',
  inferenceHealth: '/inference/health',
  chatApps: '/api/chat-apps',
  chatApp: '/api/chat-apps/{app}',
  me: '/api/me',
  sessions: '/api/sessions',
  session: '/api/sessions/{sessionId}',
  messages: '/api/sessions/{sessionId}/messages',
  attachments: '/api/sessions/{sessionId}/attachments',
  attachment: '/api/sessions/{sessionId}/attachments/{attachmentId}',
  feedback: '/api/sessions/{sessionId}/messages/{messageId}/feedback',
  startRun: '/inference/sessions/{sessionId}/runs',
  /** Where the AI SDK's transport looks for an answer that is being written. */
  openRun: '/inference/sessions/{sessionId}/stream',
  sessionEvents: '/inference/sessions/{sessionId}/events',
  runEvents: '/inference/runs/{runId}/events',
  stopRun: '/inference/runs/{runId}/stop',
} as const;
export type RouteName = keyof typeof routes;

/**
 * Who is answered by a request: `anybody`, also without signing in; `user`, whoever is signed in, about what is
 * theirs; `owner`, the owner of the record that the path names: for everybody else that record does not exist.
 */
export type Access = 'anybody' | 'user' | 'owner';
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  route: RouteName;
  access: Access;
}

/**
 * Every request that the services answer. A service that answers one which is not here, or does not answer one which
 * is, fails its tests; each one here is tried by strangers (`@parley/service/testing/isolation`).
 */
export const requests = {
  'registry-api': [
    { method: 'GET', route: 'health', access: 'anybody' },
    { method: 'GET', route: 'me', access: 'user' },
    { method: 'GET', route: 'chatApps', access: 'user' },
    { method: 'GET', route: 'chatApp', access: 'user' },
    { method: 'POST', route: 'sessions', access: 'user' },
    { method: 'GET', route: 'sessions', access: 'user' },
    { method: 'GET', route: 'session', access: 'owner' },
    { method: 'PATCH', route: 'session', access: 'owner' },
    { method: 'GET', route: 'messages', access: 'owner' },
    { method: 'POST', route: 'attachments', access: 'owner' },
    { method: 'PUT', route: 'attachment', access: 'owner' },
    { method: 'GET', route: 'attachment', access: 'owner' },
    { method: 'PUT', route: 'feedback', access: 'owner' },
    { method: 'DELETE', route: 'feedback', access: 'owner' },
    { method: 'DELETE', route: 'session', access: 'owner' },
  ],
  'inference-api': [
    { method: 'GET', route: 'inferenceHealth', access: 'anybody' },
    { method: 'POST', route: 'startRun', access: 'owner' },
    { method: 'GET', route: 'openRun', access: 'owner' },
    { method: 'GET', route: 'sessionEvents', access: 'owner' },
    { method: 'GET', route: 'runEvents', access: 'owner' },
    { method: 'POST', route: 'stopRun', access: 'owner' },
  ],
} as const satisfies Record<string, readonly HttpRequest[]>;
export type ServiceName = keyof typeof requests;

/** The route as a router pattern: `/api/sessions/:sessionId`. */
export function routePattern(name: RouteName): string {
  return routes[name].replace(/\{(\w+)\}/g, ':$1');
}

/** The path of a route with its segments filled in and encoded. Throws when one is missing. */
export function routePath(name: RouteName, segments: Record<string, string> = {}): string {
  return routes[name].replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = segments[key];
    if (value === undefined) throw new Error(`route ${name} needs "${key}", got ${JSON.stringify(segments)}`);
    return encodeURIComponent(value);
  });
}
