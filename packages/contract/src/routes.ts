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
  feedback: '/api/sessions/{sessionId}/messages/{messageId}/feedback',
  startRun: '/inference/sessions/{sessionId}/runs',
  sessionEvents: '/inference/sessions/{sessionId}/events',
  runEvents: '/inference/runs/{runId}/events',
  stopRun: '/inference/runs/{runId}/stop',
} as const;
export type RouteName = keyof typeof routes;

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
