/** A function that ran: its name and the file it is from; '' for native code. */
export interface Frame {
  functionName: string;
  source: string;
}

/** What code is for, by its file; the first that matches counts. Files of Node begin with `node:`. */
const groups: readonly (readonly [name: string, files: RegExp])[] = [
  ['AWS SDK: signing', /@smithy\/signature-v4\/|@smithy\/hash-node\/|@aws-crypto\/|[Ss]ig[Vv]4/],
  [
    'AWS SDK: marshalling',
    /lib-dynamodb\/|util-dynamodb\/|dynamodb-codec\/|codec|protocols\/|serde\/|schema/,
  ],
  ['HTTP requests to AWS', /node-http-handler\/|node:_http_(agent|client)/],
  ['AWS SDK: middleware and the rest', /\/@aws-sdk\/|\/@smithy\/|\/@aws\//],
  ['Strands', /\/@strands-agents\//],
  ['zod', /\/zod\//],
  ['sign-in (jose)', /\/jose\//],
  ['HTTP: Hono', /\/hono\/|\/@hono\//],
  ['HTTP: sockets and streams of Node', /node:(_http|http|net|internal\/(streams|stream_base|http|net))/],
  ['ours: SSE', /apps\/inference-api\/src\/sse\//],
  ['ours: inference-api', /apps\/inference-api\//],
  ['ours: agent and demo model', /packages\/agent\//],
  ['ours: run log', /packages\/store\/src\/run-log\//],
  ['ours: the rest of the store', /packages\/store\//],
  ['ours: contract and service', /packages\/(contract|service)\//],
  ['timers', /node:(timers|internal\/timers)/],
  ['abort signals and events', /node:(events|internal\/(event_target|abort_controller|events))/],
  ['promises and the event loop', /node:internal\/(process|async_hooks|promise)/],
  ['the rest', /./],
];

/** Code that counts for whoever calls it. */
const lent =
  /^$|^node:internal\/(crypto|util|validators|webidl|url|querystring|buffer|per_context)|^node:buffer/;

/** What a stack, innermost function first, counts for; undefined for waiting. */
export function groupOf(stack: readonly Frame[]): string | undefined {
  const { functionName, source } = stack[0]!;
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collector';
  const responsible = stack.find((frame) => !lent.test(frame.source))?.source ?? source;
  return groups.find(([, files]) => files.test(responsible))?.[0] ?? 'V8 and native code';
}
