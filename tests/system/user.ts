/** A user of a running system, over HTTP alone. */
export interface User {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<T>;
  open(path: string, init?: RequestInit): Promise<Response>;
}

export interface ServerSentEvent {
  id: string;
  data: Record<string, unknown> & { type: string };
}

export async function signIn(url: string, name: string): Promise<User> {
  const body = new URLSearchParams({
    grant_type: 'urn:parley:local:sign-in-as',
    client_id: 'local',
    user: name,
  });
  const response = await fetch(`${url}/local/sign-in/oauth2/token`, { method: 'POST', body });
  const { access_token: token } = (await response.json()) as { access_token: string };
  const open: User['open'] = (path, init = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
    });
  const json = async <T>(answer: Promise<Response>): Promise<T> => {
    const reply = await answer;
    if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as T;
  };
  return {
    open,
    get: (path) => json(open(path)),
    post: (path, payload, headers = {}) =>
      json(
        open(path, {
          method: 'POST',
          body: JSON.stringify(payload),
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
  };
}

/** The events of a stream: all of them, or those up to the first for which `until` is true; then it is cut. */
export async function eventsOf(
  response: Response,
  until: (event: ServerSentEvent) => boolean = () => false,
): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const event of blocks.flatMap(parseBlock)) {
        events.push(event);
        if (until(event)) return events;
      }
    }
  } catch {
    // The other side was killed; what came before it counts.
  }
  return events;
}

function parseBlock(block: string): ServerSentEvent[] {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const data = field('data');
  return data === undefined || data === '[DONE]'
    ? []
    : [{ id: field('id') ?? '', data: JSON.parse(data) as ServerSentEvent['data'] }];
}

/** Starts an answer and gives its response at once. */
export function ask(
  user: User,
  sessionId: string,
  text: string,
  parentId: string | null = null,
): Promise<Response> {
  return user.open(`/inference/sessions/${sessionId}/runs`, {
    method: 'POST',
    body: JSON.stringify({ parentId, text }),
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  });
}

export function textOf(events: readonly ServerSentEvent[]): string {
  return events.map(({ data }) => (data.type === 'text-delta' ? String(data['delta']) : '')).join('');
}
