import type { Override } from '@parley/contract/chat-app';
import type { ModelSettings } from '@parley/contract/model';
import type { RegistrationKind } from '@parley/contract/registration';
import { claimOf, standingClaims, withClaim, withoutClaim } from './claims.ts';
import { keyOf, versionHash, type Definition } from './items.ts';
import { createPointers, type PointerWithOverride } from './pointers.ts';
import {
  judgeRegister,
  judgeRetire,
  pointerTo,
  retireResult,
  type RetireResult,
  type Writer,
} from './rules.ts';
import { createVersions, type Version } from './versions.ts';
import { systemClock, timestamp, type Clock } from '../clock.ts';
import { OwnedByAnotherStackError } from '../errors.ts';
import { createTableIo, type TableOptions } from '../table/table-io.ts';

export type { Definition, RetireResult, Version, Writer };

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
  /** Takes a resource's claim on an id away; retires the id if no resource of the stack claims it any more. */
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

export function createCatalogStore(options: CatalogOptions): CatalogStore {
  const { clock = systemClock, onUnreadable = (error: Error) => process.emitWarning(error) } = options;
  const table = createTableIo(options);
  const versions = createVersions(table);
  const pointers = createPointers(table, clock);

  async function register(registration: Registration): Promise<RegisterResult> {
    const { kind, id, requestId, definition, toolCode } = registration;
    const version = versionHash(definition, toolCode);
    return pointers.move<RegisterResult>(kind, id, requestId, async (pointer) => {
      const verdict = judgeRegister(pointer, registration);
      if (verdict === 'foreign')
        throw new OwnedByAnotherStackError(kind, id, pointer?.owner ?? '', registration.owner);
      if (verdict !== 'apply') return { result: { outcome: verdict, version } };
      await versions.write(kind, id, { version, definition, toolCode, createdAt: timestamp(clock) });
      const isSame = pointer?.version === version && !pointer.retired;
      const claims = withClaim(standingClaims(pointer), claimOf(registration, version));
      return {
        result: { outcome: isSame ? 'unchanged' : 'registered', version },
        next: pointerTo(claims, pointer, registration),
      };
    });
  }

  async function retire(kind: RegistrationKind, id: string, writer: Writer): Promise<RetireResult> {
    return pointers.move<RetireResult>(kind, id, writer.requestId, async (pointer) => {
      const verdict = judgeRetire(pointer, writer);
      if (verdict !== 'withdraw' && verdict !== 'note') return { result: verdict };
      const claims = standingClaims(pointer);
      const rest = withoutClaim(claims, writer);
      return { result: retireResult(claims, rest), next: pointerTo(rest, pointer, writer) };
    });
  }

  /** Undefined for the tombstone of something that never was. */
  async function entryOf<K extends RegistrationKind>(kind: K, { pointer, override }: PointerWithOverride) {
    const { id, version, owner, stackId, logicalResourceId, retired, updatedAt } = pointer;
    if (version === undefined) return undefined;
    const stored = await versions.get(kind, id, version);
    if (!stored)
      throw new Error(`the catalog has no version ${version} of ${kind} "${id}": restore the table`);
    const entry: LiveEntry<K> = {
      kind,
      id,
      version,
      definition: overridden(kind, stored.definition, override),
      enabled: override.enabled ?? true,
      override,
      toolCode: stored.toolCode,
      owner,
      stackId,
      logicalResourceId,
      retired,
      updatedAt,
    };
    return kind === 'app' && override.model ? { ...entry, model: override.model } : entry;
  }

  return {
    register,
    retire,
    getLive: async (kind, id, { includeRetired = false } = {}) => {
      const found = await pointers.get(kind, id);
      return found && (includeRetired || !found.pointer.retired) ? entryOf(kind, found) : undefined;
    },
    listLive: async <K extends RegistrationKind>(kind: K, { includeRetired = false }: Which = {}) => {
      const found = await pointers.list(kind, onUnreadable);
      const wanted = found.filter(({ pointer }) => includeRetired || !pointer.retired);
      const entries = await Promise.allSettled(wanted.map((each) => entryOf(kind, each)));
      for (const each of entries) if (each.status === 'rejected') onUnreadable(each.reason as Error);
      return entries.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
    },
    countLive: async () => {
      const agents = await pointers.list('agent', onUnreadable);
      const apps = await pointers.list('app', onUnreadable);
      return [...agents, ...apps].filter(({ pointer }) => !pointer.retired).length;
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
