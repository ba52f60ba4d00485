import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A model on loopback, OpenAI's wire, whose answer the last message of the user chooses. */
export interface ScriptedModel {
  baseUrl: string;
  close(): Promise<void>;
}

interface Chat {
  messages: { role: string; content?: unknown }[];
}

const showcase = [
  '## Three ways to sort\n\nAll of them are **stable**, and `O(n log n)` in the worst case.\n\n',
  '| Sort | Memory | In place |\n| :-- | --: | :-: |\n| Merge | 512 kB | no |\n| Tim | 256 kB | no |\n| Block | 4 kB | yes |\n\n',
  '```ts\n// Stable since ES2019\nexport function byAge(people: Person[]): Person[] {\n',
  "  return people.toSorted((a, b) => a.age - b.age || a.name.localeCompare(b.name, 'en'));\n}\n```\n\n",
  '1. Sort by the *least* important key first\n2. then by the next\n\n> What is equal keeps its order.\n\n',
  'More at [MDN](https://developer.mozilla.org/). [Do not](javascript:alert(1)) follow this one.\n\n',
  '![a chart](https://tracker.example/pixel.png?said=secret)\n',
];

const summary = ['The user wrote at length, ', 'and wants **short** answers.'];

const wide = [
  '## Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft\n\n',
  '| Region | First quarter | Second quarter | Third quarter | Fourth quarter | Remarks |\n| :-- | --: | --: | --: | --: | :-- |\n',
  '| Northern Europe | 1,234,567.89 | 2,345,678.90 | 3,456,789.01 | 4,567,890.12 | grew in spite of the long winter |\n',
  '| South | 12.00 | 8.50 | 99.99 | 1,000.00 | `a_rather_long_identifier_without_any_blank` |\n\n',
  "```ts\nexport const address = 'https://example.org/a/path/that/is/much/longer/than/any/screen/of/a/phone/is/wide/and/goes/on?and=on';\n```\n\n",
  'See https://example.org/another/path/that/is/much/longer/than/any/screen/of/a/phone/is/wide and `const aVeryLongNameInRunningText = anotherVeryLongName.withAnotherPart`.\n\n',
  '1. one\n   - two\n     - three\n       - four levels of lists, and words enough that the line must break somewhere\n',
];

export async function startScriptedModel(): Promise<ScriptedModel> {
  let busy = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const chat = JSON.parse(await bodyOf(request)) as Chat;
      const question = lastQuestion(chat);
      if (question.startsWith('Sum up this conversation')) return await stream(response, summary, 0);
      const results = resultsIn(chat);
      if (results.length > 0) return await stream(response, results, 0);
      if (/refund|hurry/i.test(question)) return call(response, question);
      if (/exhausted/i.test(question)) return refuse(response, 429, 'Too many requests.', 3_600);
      if (/too long/i.test(question) && !question.startsWith('[Summary')) {
        return refuse(response, 400, "This model's maximum context length is 8192 tokens.");
      }
      if (/forbidden/i.test(question)) return await stream(response, ['I'], 0, 'content_filter');
      if (/retired/i.test(question)) return refuse(response, 404, 'The model `scripted` does not exist.');
      if (/break/i.test(question)) return refuse(response, 400, 'This model broke on purpose.');
      if (/slow/i.test(question)) await delay(3_000);
      if (/busy/i.test(question) && busy++ < 1) return refuse(response, 429, 'Too many requests.', 2);
      if (/ponder/i.test(question)) await delay(20_000);
      await stream(response, answerTo(question), /count/i.test(question) ? 8 : 0);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerTo(question: string): readonly string[] {
  if (/sort/i.test(question)) return showcase;
  if (/wide/i.test(question)) return wide;
  const [, count] = /count to (\d+)/i.exec(question) ?? [];
  return count === undefined
    ? ['You said: ', question]
    : Array.from({ length: Number(count) }, (_, i) => `${i + 1} `);
}

async function stream(
  response: ServerResponse,
  words: readonly string[],
  pauseMs: number,
  reason = 'stop',
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const envelope = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted' };
  const write = (delta: object, finish_reason: string | null = null): void => {
    response.write(
      `data: ${JSON.stringify({ ...envelope, choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    );
  };
  write({ role: 'assistant', content: '' });
  for (const content of words) {
    if (response.destroyed) return;
    write({ content });
    if (pauseMs > 0) await delay(pauseMs);
  }
  write({}, reason);
  const usage = { prompt_tokens: 9, completion_tokens: words.length };
  response.end(`data: ${JSON.stringify({ ...envelope, choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

/** What tools have answered since the last message of the user, in words. */
function resultsIn({ messages }: Chat): string[] {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  return since.flatMap(({ role, content }) =>
    role === 'tool' ? [`The tool says: ${textOf(content)}\n\n`] : [],
  );
}

let calls = 0;

/** Reads as "to Ada, IBAN 42", and pays somebody else; the name is from right to left. */
const hidden = { customer: 'עדה 1\u200b2', amount: 80, note: 'to \u202e24 NABI ,adA\u202c \u{e0041}' };

/** Names and values that are wide and tall. */
const large = {
  customer: 'Ada Lovelace',
  amount: 150,
  amount_in_minor_units_of_currency: 987_654_321,
  a_rather_long_key_for_a_field_of_a_tool: 'in three parts',
  [`k${'e'.repeat(118)}y`]: true,
  note: `for the umbrella${'\n'.repeat(30)}and the hat`,
  account: 'of somebody else',
};

/**
 * Calls the tool that asks first, twice for "both"; for "hidden" with characters that nobody sees, for "large" with
 * much of everything.
 */
function call(response: ServerResponse, question: string): void {
  const name = /hurry/i.test(question) ? 'hurried' : 'refund';
  const plain = { customer: 'Ada Lovelace', amount: 150, note: 'The umbrella was late.' };
  const inputs: object[] = [/hidden/i.test(question) ? hidden : /large/i.test(question) ? large : plain];
  if (/both/i.test(question)) inputs.push({ customer: 'Grace Hopper', amount: 80, note: 'So was hers.' });
  const tool_calls = inputs.map((input, index) => {
    calls += 1;
    return {
      index,
      id: `call_${calls}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    };
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish_reason: string | null): string => {
    const choices = [{ index: 0, delta, finish_reason }];
    return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices })}\n\n`;
  };
  response.write(chunk({ role: 'assistant', content: 'I can pay that back.' }, null));
  response.end(`${chunk({ tool_calls }, null)}${chunk({}, 'tool_calls')}data: [DONE]\n\n`);
}

function refuse(response: ServerResponse, status: number, message: string, retryAfter?: number): void {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message, type: 'error', code: null } }));
}

function lastQuestion({ messages }: Chat): string {
  return textOf(messages.findLast(({ role }) => role === 'user')?.content);
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as { text?: string }[]) : [];
  return parts.map(({ text = '' }) => text).join('');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
