import type { Override } from '@parley/contract/chat-app';
import type { RegistrationKind } from '@parley/contract/registration';
import { keyOf, overrideItem, pointerItem, type Pointer } from './items.ts';
import { timestamp, type Clock } from '../clock.ts';
import { ifAbsent, type Condition } from '../table/expressions.ts';
import type { Item, TableIo } from '../table/table-io.ts';

/** What a pointer becomes. */
export type NextPointer = Omit<Pointer, 'id' | 'revision' | 'updatedAt'>;

export interface PointerWithOverride {
  pointer: Pointer;
  override: Override;
}

export interface Pointers {
  get(kind: RegistrationKind, id: string): Promise<PointerWithOverride | undefined>;
  /** By id. What cannot be read is left out and reported: it must not take the others down. */
  list(kind: RegistrationKind, onUnreadable: (error: Error) => void): Promise<PointerWithOverride[]>;
  /**
   * Judges the pointer as it stands and writes what follows, if anything; judges again if it moved
   * meanwhile. The write's only condition is that the judged pointer still stands.
   */
  move<R>(
    kind: RegistrationKind,
    id: string,
    requestId: string,
    judge: (pointer: Pointer | undefined) => Promise<{ result: R; next?: NextPointer }>,
  ): Promise<R>;
}

/** Lost races before giving up. Each means that another event of the same id was applied. */
const attemptsMax = 20;

export function createPointers(table: TableIo, clock: Clock): Pointers {
  /** Each pointer with its override, which sorts right behind it; `id` for one alone. One query. */
  async function items(kind: RegistrationKind, id?: string): Promise<{ pointer: Item; override?: Item }[]> {
    const found: { pointer: Item; override?: Item }[] = [];
    const one = id === undefined ? {} : { between: [id, keyOf.override(kind, id).sk] as const };
    for await (const item of table.query({ pk: keyOf.pointer(kind, '').pk, ...one })) {
      const last = found.at(-1);
      if (!item.sk.includes('#')) found.push({ pointer: item });
      else if (last && item.sk === keyOf.override(kind, last.pointer.sk).sk) last.override = item;
      // Any other override was set for an id that never was.
    }
    return found;
  }

  function parse({ pointer, override }: { pointer: Item; override?: Item }): PointerWithOverride {
    return {
      pointer: table.parse(pointer, pointerItem),
      override: override ? table.parse(override, overrideItem).override : {},
    };
  }

  return {
    get: async (kind, id) => {
      const [found] = await items(kind, id);
      return found && parse(found);
    },
    list: async (kind, onUnreadable) =>
      (await items(kind)).flatMap((each) => {
        try {
          return [parse(each)];
        } catch (error) {
          onUnreadable(error as Error);
          return [];
        }
      }),
    move: async (kind, id, requestId, judge) => {
      const key = keyOf.pointer(kind, id);
      let tried: { result: Awaited<ReturnType<typeof judge>>['result'] } | undefined;
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const pointer = await table.get(key, pointerItem);
        // Refused, yet our own event is applied: the client repeated a write whose answer was lost.
        if (tried && pointer?.events.some((event) => event.requestId === requestId)) return tried.result;
        const { result, next } = await judge(pointer);
        if (!next) return result;
        const condition: Condition = pointer ? { is: { revision: pointer.revision } } : ifAbsent;
        const item = {
          ...key,
          ...next,
          id,
          revision: (pointer?.revision ?? 0) + 1,
          updatedAt: timestamp(clock),
        };
        if (await table.put(item, condition)) return result;
        tried = { result };
      }
      throw new Error(
        `${kind} "${id}" was registered by others ${attemptsMax} times meanwhile: deploy again`,
      );
    },
  };
}
