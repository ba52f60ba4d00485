import { createHash } from 'node:crypto';
import type { Feedback } from '@parley/contract/feedback';
import { message as messageSchema, type Message, type RunContent } from '@parley/contract/message';
import type { Seal } from '@parley/contract/run';
import { tolerant } from '@parley/contract/tolerant';
import { z } from 'zod';
import { ifAbsent } from '../table/expressions.ts';
import { json } from '../table/json.ts';
import { putOrFind } from '../table/put-or-find.ts';
import type { Item, Key, TableIo } from '../table/table-io.ts';

/** A message as stored. `bodyHash` is that of the request that made it. */
export type StoredMessage = Message & { bodyHash?: string };

export interface Messages {
  /** Writes it unless one with its id is there; returns the one that stands. */
  putMessage(sessionId: string, message: StoredMessage): Promise<StoredMessage>;
  getMessage(sessionId: string, messageId: string): Promise<StoredMessage | undefined>;
  /** All messages of a session as they are stored, parents first. */
  storedMessages(sessionId: string): Promise<StoredMessage[]>;
  /** Turns a streaming message into its final form; a message that has it already is left alone. */
  settleMessage(sessionId: string, messageId: string, seal: Seal, content: RunContent): Promise<void>;
  /** Sets the feedback of an answer that has ended, or removes it; false, and nothing made, where none is. */
  changeFeedback(sessionId: string, messageId: string, feedback: Feedback | undefined): Promise<boolean>;
}

/** Bytes of content beside an item's other attributes: an item holds at most 400 KB. */
const inlineBytesMax = 300 * 1024;

const { parts, model, error, usage, context } = messageSchema.shape;
const contentSchema = z.object({ parts, model, error, usage, context });
const storedContent = json.pipe(tolerant(contentSchema));

const messageItem = messageSchema
  .omit({ parts: true, model: true, error: true, usage: true, context: true })
  .extend({
    bodyHash: z.string().optional(),
    content: z.string().optional(),
    /** Instead of `content` where that is too long: SHA-256 of the text and the number of its pieces. */
    pieces: z.object({ hash: z.string(), count: z.number().int() }).optional(),
  })
  .strip();

const pieceItem = z.object({ bytes: z.instanceof(Uint8Array) });

export function createMessages(table: TableIo): Messages {
  /** Attributes that hold the content; long content is written to items of its own first. */
  async function contentAttributes(sessionId: string, content: RunContent) {
    const text = Buffer.from(JSON.stringify(contentSchema.parse(content)));
    if (text.length <= inlineBytesMax) return { content: text.toString() };
    const hash = createHash('sha256').update(text).digest('hex');
    const count = Math.ceil(text.length / inlineBytesMax);
    for (let i = 0; i < count; i += 1) {
      const bytes = text.subarray(i * inlineBytesMax, (i + 1) * inlineBytesMax);
      await table.put({ ...pieceKey(sessionId, hash, i), bytes });
    }
    return { pieces: { hash, count } };
  }

  async function fromItem(sessionId: string, item: Item): Promise<StoredMessage> {
    const { content, pieces, ...rest } = table.parse(item, messageItem);
    const text = pieces ? await joinPieces(sessionId, pieces) : content;
    const whole = { pk: item.pk, sk: item.sk, content: text };
    return { ...rest, ...table.parse(whole, z.object({ content: storedContent })).content };
  }

  async function joinPieces(
    sessionId: string,
    { hash, count }: { hash: string; count: number },
  ): Promise<string> {
    const found: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) {
      const piece = await table.get(pieceKey(sessionId, hash, i), pieceItem);
      if (piece) found.push(piece.bytes);
    }
    return Buffer.concat(found).toString();
  }

  async function getMessage(sessionId: string, messageId: string): Promise<StoredMessage | undefined> {
    const key = messageKey(sessionId, messageId);
    const item = await table.get(key, z.looseObject({}));
    return item && fromItem(sessionId, { ...item, ...key });
  }

  return {
    getMessage,
    putMessage: async (sessionId, message) => {
      const { parts, model, error, usage, context, ...rest } = message;
      const content = await contentAttributes(sessionId, { parts, model, error, usage, context });
      const item = { ...messageKey(sessionId, message.id), ...rest, ...content };
      return putOrFind(
        message,
        () => table.put(item, ifAbsent),
        () => getMessage(sessionId, message.id),
      );
    },
    storedMessages: async (sessionId) => {
      const found: StoredMessage[] = [];
      for await (const item of table.query({ pk: `session#${sessionId}`, prefix: 'message#' })) {
        found.push(await fromItem(sessionId, item));
      }
      return parentsFirst(found);
    },
    settleMessage: async (sessionId, messageId, seal, content) => {
      const set = { status: seal, ...(await contentAttributes(sessionId, content)) };
      const remove = 'pieces' in set ? ['content'] : [];
      const key = messageKey(sessionId, messageId);
      await table.update(key, { set, remove }, { is: { status: 'streaming' } }, z.unknown());
    },
    changeFeedback: async (sessionId, messageId, feedback) => {
      const what = {
        ...(feedback ? { set: { feedback } } : { remove: ['feedback'] }),
        add: { feedbackRevision: 1 },
      };
      const ended = { is: { role: 'assistant' }, isNot: { status: 'streaming' } };
      return (await table.update(messageKey(sessionId, messageId), what, ended, z.unknown())) !== undefined;
    },
  };
}

function messageKey(sessionId: string, messageId: string): Key {
  return { pk: `session#${sessionId}`, sk: `message#${messageId}` };
}

function pieceKey(sessionId: string, hash: string, n: number): Key {
  return { pk: `session#${sessionId}`, sk: `piece#${hash}#${n}` };
}

/** By age, but never a child before its parent: the clocks of two tasks may differ. */
function parentsFirst<M extends Message>(messages: readonly M[]): M[] {
  const byAge = [...messages].sort(
    (a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id),
  );
  const byId = new Map(byAge.map((each) => [each.id, each]));
  const placed = new Set<M>();
  const place = (each: M | undefined): void => {
    if (!each || placed.has(each)) return;
    const ancestors: M[] = [];
    for (let at: M | undefined = each; at && !placed.has(at) && !ancestors.includes(at);) {
      ancestors.unshift(at);
      at = at.parentId === null ? undefined : byId.get(at.parentId);
    }
    for (const ancestor of ancestors) placed.add(ancestor);
  };
  for (const each of byAge) place(each);
  return [...placed];
}
