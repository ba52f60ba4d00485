/** One server-sent event. */
export interface SseEvent {
  id?: string;
  data: string;
}

/**
 * Reads server-sent events from a body, wherever its bytes are cut. Events of one piece of the body
 * come together, so that a burst is drawn once. `onActivity` hears every piece, heartbeats too.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void = () => undefined,
): AsyncGenerator<SseEvent[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onActivity();
      rest += decoder.decode(value, { stream: true }).replaceAll('\r\n', '\n');
      const records = rest.split('\n\n');
      rest = records.pop() ?? '';
      const events = records.flatMap(parseRecord);
      if (events.length > 0) yield events;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseRecord(record: string): SseEvent[] {
  let id: string | undefined;
  const data: string[] = [];
  for (const line of record.split('\n')) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line.startsWith('id:')) id = line.slice(3).trim();
  }
  return data.length === 0 ? [] : [{ data: data.join('\n'), ...(id !== undefined && { id }) }];
}
