import { setTimeout as delay } from 'node:timers/promises';

/** A CPU profile as V8 gives it: samples of the call tree, and the microseconds between them. */
export interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

export interface ProfileNode {
  id: number;
  children?: number[];
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
}

/** The inspector of another process, by Chrome's DevTools protocol. */
export interface Inspector {
  send<T>(method: string, parameters?: object): Promise<T>;
  close(): void;
}

interface Answer {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

/** Options of Node that open a process's inspector on a port, without a word on its output. */
export function inspectorArguments(port: number): string[] {
  return [`--inspect=127.0.0.1:${port}`, '--inspect-publish-uid=http'];
}

export async function openInspector(port: number): Promise<Inspector> {
  const socket = new WebSocket(await addressOf(port));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, result, error } = JSON.parse(String(data)) as Answer;
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`the inspector on port ${port} is not there`)));
  });
  let calls = 0;
  return {
    send: <T>(method: string, params: object = {}) => {
      calls += 1;
      const answered = Promise.withResolvers<unknown>();
      waiting.set(calls, answered);
      socket.send(JSON.stringify({ id: calls, method, params }));
      return answered.promise as Promise<T>;
    },
    close: () => socket.close(),
  };
}

async function addressOf(port: number): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
      return target!.webSocketDebuggerUrl;
    } catch (error) {
      if (attempt === 50) throw error;
      await delay(50);
    }
  }
}

/** Profiles a process while something happens. Samples each half millisecond. */
export async function profileWhile<T>(
  port: number,
  work: () => Promise<T>,
): Promise<{ value: T; profile: CpuProfile }> {
  const inspector = await openInspector(port);
  try {
    await inspector.send('Profiler.enable');
    await inspector.send('Profiler.setSamplingInterval', { interval: 500 });
    await inspector.send('Profiler.start');
    const value = await work();
    const { profile } = await inspector.send<{ profile: CpuProfile }>('Profiler.stop');
    return { value, profile };
  } finally {
    inspector.close();
  }
}
