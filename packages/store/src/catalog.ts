import type { Override } from '@parley/contract/chat-app';
import type { ModelSettings } from '@parley/contract/model';
import type { RegistrationKind } from '@parley/contract/registration';
import {
  keyOf,
  overrideItem,
  pointerItem,
  versionHash,
  type Definition,
  type Pointer,
} from './catalog-items.ts';
import { judgeRegister, judgeRetire, withEvent, type Writer } from './catalog-rules.ts';
import { createVersions, type Version } from './catalog-versions.ts';
import { systemClock, timestamp, type Clock } from './clock.ts';
import { OwnedByAnotherStackError } from './errors.ts';
import { ifAbsent, type Condition } from './expressions.ts';
import { createTableIo, type TableOptions } from './table-io.ts';

export type { Definition, Version, Writer };

/** A create or update of an agent or chat app, as CloudFormation asked for it. */
export interface Registration<K extends RegistrationKind = RegistrationKind> extends Writer {
  kind: K;
  id: string;
  definition: Definition<K>;
  toolCode: Record<string, string>;
}

export interface RegisterResult {
  /**
   * - `registered`: the live pointer now names this version.
   * - `unchanged`: it did already; the event is noted.
   * - `repeated`: this very request was applied before.
   * - `stale`: a later event of this owner was applied before.
   */
  outcome: 'registered' | 'unchanged' | 'repeated' | 'stale';
  /** The version the registration's content is. */
  version: string;
}

export type RetireResult = 'retired' | 'not-owner' | 'absent' | 'repeated' | 'stale';

/** What is registered under an id now, with the operator's override merged in. */
export interface LiveEntry<K extends RegistrationKind = RegistrationKind> {
  kind: K;
  id: string;
  version: string;
  /** As it counts: an override's access (apps) or model (agents) replaces the registered one. */
  definition: Definition<K>;
  /** False when an operator switched it off. */
  enabled: boolean;
  /** The model an operator chose for a chat app; it wins over its agent's. */
  model?: ModelSettings;
  override: Override;
  toolCode: Record<string, string>;
  owner: string;
  stackId: string;
  logicalResourceId: string;
  /** True for the tombstone of a deleted registration. */
  retired: boolean;
  updatedAt: string;
}

export interface Which {
  /** Tombstones too. Default false. */
  includeRetired?: boolean;
}

export interface CatalogStore {
  /** @throws OwnedByAnotherStackError */
  register(registration: Registration): Promise<RegisterResult>;
  retire(kind: RegistrationKind, id: string, writer: Writer): Promise<RetireResult>;
  getLive<K extends RegistrationKind>(kind: K, id: string, which?: Which): Promise<LiveEntry<K> | undefined>;
  /** By id. One that cannot be read is left out and reported: it must not take the others down. */
  listLive<K extends RegistrationKind>(kind: K, which?: Which): Promise<LiveEntry<K>[]>;
  /** Registrations of both kinds that are not retired. */
  countLive(): Promise<number>;
  /** Every version ever registered under an id, newest first. */
  listVersions<K extends RegistrationKind>(kind: K, id: string): Promise<Version<K>[]>;
  getVersion<K extends RegistrationKind>(
    kind: K,
    id: string,
    version: string,
  ): Promise<Version<K> | undefined>;
  /** Replaces the operator's override; `undefined` takes it away. It outlives a deploy and a retirement. */
  setOverride(kind: RegistrationKind, id: string, override: Override | undefined): Promise<void>;
}

export interface CatalogOptions extends TableOptions {
  clock?: Clock;
  /** Told of entries that a listing left out. Default: a process warning. */
  onUnreadable?: (error: Error) => void;
}

/** Lost races before giving up. Each means that another event of the same id was applied. */
const attemptsMax = 20;

export function createCatalogStore(options: CatalogOptions): CatalogStore {
  const { clock = systemClock, onUnreadable = (error: Error) => process.emitWarning(error) } = options;
  const table = createTableIo(options);
  const versions = createVersions(table);

  /** Judges the pointer as it stands and writes what follows; again if it moved meanwhile. */
  async function movePointer<R>(
    kind: RegistrationKind,
    id: string,
    judge: (
      pointer: Pointer | undefined,
    ) => Promise<{ result: R; next?: Omit<Pointer, 'id' | 'revision' | 'updatedAt'> }>,
  ): Promise<R> {
    const key = keyOf.pointer(kind, id);
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const pointer = await table.get(key, pointerItem);
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
    }
    throw new Error(`${kind} "${id}" was registered by others ${attemptsMax} times meanwhile: deploy again`);
  }

  async function register(registration: Registration): Promise<RegisterResult> {
    const { kind, id, owner, stackId, logicalResourceId, definition, toolCode } = registration;
    const version = versionHash(definition, toolCode);
    return movePointer<RegisterResult>(kind, id, async (pointer) => {
      const verdict = judgeRegister(pointer, registration);
      if (verdict === 'foreign') throw new OwnedByAnotherStackError(kind, id, pointer?.owner ?? '', owner);
      if (verdict !== 'apply') return { result: { outcome: verdict, version } };
      await versions.write(kind, id, { version, definition, toolCode, createdAt: timestamp(clock) });
      const isSame = pointer?.version === version && !pointer.retired;
      const events = withEvent(pointer?.events ?? [], registration);
      return {
        result: { outcome: isSame ? 'unchanged' : 'registered', version },
        next: { version, owner, stackId, logicalResourceId, retired: false, events },
      };
    });
  }

  async function retire(kind: RegistrationKind, id: string, writer: Writer): Promise<RetireResult> {
    return movePointer<RetireResult>(kind, id, async (pointer) => {
      const verdict = judgeRetire(pointer, writer);
      if (verdict !== 'retire') return { result: verdict };
      const { version, owner, stackId, logicalResourceId, events } = pointer!;
      const next = {
        version,
        owner,
        stackId,
        logicalResourceId,
        retired: true,
        events: withEvent(events, writer),
      };
      return { result: 'retired', next };
    });
  }

  /** Pointers with their overrides, by id; `id` for one alone. One query. */
  async function pointers(kind: RegistrationKind, id?: string) {
    const found: { pointer: Pointer; override: Override }[] = [];
    const range = { pk: keyOf.pointer(kind, '').pk, ...(id && { between: [id, `${id}#override`] as const }) };
    for await (const item of table.query(range)) {
      const isOverride = item.sk.endsWith('#override');
      if (!isOverride) found.push({ pointer: table.parse(item, pointerItem), override: {} });
      const last = found.at(-1);
      // An override without its pointer was set for an id that never was.
      if (isOverride && last && item.sk === `${last.pointer.id}#override`) {
        last.override = table.parse(item, overrideItem).override;
      }
    }
    return found;
  }

  async function entry<K extends RegistrationKind>(kind: K, pointer: Pointer, override: Override) {
    const version = await versions.get(kind, pointer.id, pointer.version);
    if (!version)
      throw new Error(
        `the catalog has no version ${pointer.version} of ${kind} "${pointer.id}": restore the table`,
      );
    const { events: _events, revision: _revision, ...rest } = pointer;
    const entry: LiveEntry<K> = {
      ...rest,
      kind,
      definition: overridden(kind, version.definition, override),
      enabled: override.enabled ?? true,
      override,
      toolCode: version.toolCode,
    };
    return kind === 'app' && override.model ? { ...entry, model: override.model } : entry;
  }

  return {
    register,
    retire,
    getLive: async (kind, id, { includeRetired = false } = {}) => {
      const [found] = await pointers(kind, id);
      if (!found || (found.pointer.retired && !includeRetired)) return undefined;
      return entry(kind, found.pointer, found.override);
    },
    listLive: async <K extends RegistrationKind>(kind: K, { includeRetired = false }: Which = {}) => {
      const found = (await pointers(kind)).filter(({ pointer }) => includeRetired || !pointer.retired);
      const entries = await Promise.allSettled(
        found.map(({ pointer, override }) => entry(kind, pointer, override)),
      );
      for (const each of entries) if (each.status === 'rejected') onUnreadable(each.reason as Error);
      return entries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    },
    countLive: async () => {
      const all = [...(await pointers('agent')), ...(await pointers('app'))];
      return all.filter(({ pointer }) => !pointer.retired).length;
    },
    listVersions: versions.list,
    getVersion: versions.get,
    setOverride: async (kind, id, override) => {
      await table.put({ ...keyOf.override(kind, id), override: JSON.stringify(override ?? {}) });
    },
  };
}

function overridden<K extends RegistrationKind>(
  kind: K,
  definition: Definition<K>,
  override: Override,
): Definition<K> {
  if (kind === 'app') return override.access ? { ...definition, access: override.access } : definition;
  return override.model ? { ...definition, model: override.model } : definition;
}
