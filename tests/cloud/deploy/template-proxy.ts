import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { fitToEmulator } from '../emulator-transform.ts';
import type { Template } from '../emulator-transform.ts';

/** Stands before the emulator, so that the unmodified CLI can deploy templates the emulator cannot take whole. */
export interface TemplateProxy {
  endpoint: string;
  /** What was taken out, by template, one line each. */
  changes: Set<string>;
  /** From the next change set of a stack that is executed on, CloudFormation seems to be at work on it. */
  hold(stackName: string): Held;
  stop(): Promise<void>;
}

/** A stack at which CloudFormation seems to be at work: the emulator itself is through in no time. */
export interface Held {
  /** Resolves when it begins. */
  executed: Promise<void>;
  release(): void;
}

interface Hold {
  stackName: string;
  isExecuted: boolean;
  begin(): void;
}

/**
 * Passes everything on, but for two things: a template on its way to the bootstrap bucket is fitted to the emulator,
 * and a template that CloudFormation is asked for comes back as it was sent.
 */
export async function startTemplateProxy(emulator: string): Promise<TemplateProxy> {
  const originals = new Map<string, string>();
  const changes = new Set<string>();
  let hold: Hold | undefined;
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const isTemplate = incoming.method === 'PUT' && /\.json($|\?)/.test(incoming.url ?? '');
    const sent = isTemplate ? fitted(plain(body, incoming)) : undefined;
    const headers = sent === undefined ? incoming.headers : withoutChecksums(incoming, sent);
    const forward = request(`${emulator}${incoming.url}`, { method: incoming.method, headers });
    forward.end(sent ?? body);
    const [answer] = (await once(forward, 'response')) as [IncomingMessage];
    const form = new URLSearchParams(incoming.method === 'POST' ? body.subarray(0, 4096).toString() : '');
    const action = form.get('Action') ?? '';
    if (!/^(GetTemplate|DescribeStacks|ListStacks|ExecuteChangeSet)$/.test(action)) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    if (hold && action === 'ExecuteChangeSet' && form.get('StackName')?.includes(hold.stackName))
      hold.begin();
    const received = (await buffer(answer)).toString();
    const text = action === 'GetTemplate' ? restored(received) : withHeld(received);
    outgoing.writeHead(answer.statusCode ?? 502, {
      ...answer.headers,
      'content-length': Buffer.byteLength(text),
    });
    outgoing.end(text);
  }

  function fitted(text: string): string {
    const { template, changes: made } = fitToEmulator(JSON.parse(text) as Template);
    for (const change of made) changes.add(change);
    const result = JSON.stringify(template, undefined, 1);
    originals.set(result, text);
    return result;
  }

  function restored(answer: string): string {
    return answer.replace(/(<TemplateBody>)([^]*)(<\/TemplateBody>)/, (whole, open, body: string, close) => {
      const original = originals.get(unescaped(body));
      return original === undefined ? whole : `${open}${escaped(original)}${close}`;
    });
  }

  /** Says that the held stack is in progress. */
  function withHeld(answer: string): string {
    if (!hold?.isExecuted) return answer;
    const { stackName } = hold;
    return answer.replace(/<member>[^]*?<\/member>/g, (member) =>
      member.includes(`<StackName>${stackName}</StackName>`)
        ? member.replace(/(<StackStatus>(?:CREATE|UPDATE))_COMPLETE(?=<)/, '$1_IN_PROGRESS')
        : member,
    );
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    changes,
    hold: (stackName) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const held: Hold = {
        stackName,
        isExecuted: false,
        begin: () => {
          held.isExecuted = true;
          resolve();
        },
      };
      hold = held;
      return { executed: promise, release: () => void (hold = undefined) };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The body without the frames of S3's chunked uploads. */
function plain(body: Buffer, { headers }: IncomingMessage): string {
  if (!/aws-chunked/.test(headers['content-encoding'] ?? '')) return body.toString();
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, line).toString(), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return Buffer.concat(parts).toString();
}

function withoutChecksums({ headers }: IncomingMessage, body: string): Record<string, string | string[]> {
  const dropped =
    /^(content-length|content-md5|content-encoding|transfer-encoding|x-amz-(checksum|trailer|sdk-checksum|decoded|content-sha256))/;
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !dropped.test(name));
  return Object.fromEntries([
    ...kept.map(([name, value]) => [name, value!]),
    ['content-length', String(Buffer.byteLength(body))],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
  ]);
}

const entities: [string, string][] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

function escaped(text: string): string {
  return entities.reduce((result, [character, entity]) => result.replaceAll(character, entity), text);
}

function unescaped(text: string): string {
  const numeric = text.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, hex === '' ? 10 : 16)),
  );
  return entities
    .toReversed()
    .reduce((result, [character, entity]) => result.replaceAll(entity, character), numeric)
    .replaceAll('&apos;', "'");
}
