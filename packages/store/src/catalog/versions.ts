import { BoundedMap } from '@parley/contract/bounded-map';
import { definitionSchemas, type RegistrationKind } from '@parley/contract/registration';
import { keyOf, versionItem, type Definition } from './items.ts';
import { ifAbsent } from '../table/expressions.ts';
import type { Item, TableIo } from '../table/table-io.ts';

/** One immutable version of an agent or chat app. */
export interface Version<K extends RegistrationKind = RegistrationKind> {
  version: string;
  definition: Definition<K>;
  /** Tool name → hash of its code. */
  toolCode: Record<string, string>;
  /** ISO time at which it was first registered. */
  createdAt: string;
}

export interface Versions {
  /** Writes a version unless it is there. */
  write(kind: RegistrationKind, id: string, version: Version): Promise<void>;
  get<K extends RegistrationKind>(kind: K, id: string, version: string): Promise<Version<K> | undefined>;
  /** Newest first. */
  list<K extends RegistrationKind>(kind: K, id: string): Promise<Version<K>[]>;
}

/** A version never changes, so a process reads each once. At most 100 KB each. */
const versionsCached = 200;

export function createVersions(table: TableIo): Versions {
  const cache = new BoundedMap<string, unknown>(versionsCached);

  async function get<K extends RegistrationKind>(kind: K, id: string, version: string) {
    const key = keyOf.version(kind, id, version);
    const name = `${key.pk}/${key.sk}`;
    const cached = cache.get(name) as Version<K> | undefined;
    if (cached) return cached;
    const found: Version<K> | undefined = await table.get(key, schemaOf(kind));
    if (found) cache.set(name, found);
    return found;
  }

  return {
    get,
    write: async (kind, id, { version, definition, toolCode, createdAt }) => {
      const item: Item = {
        ...keyOf.version(kind, id, version),
        version,
        definition: JSON.stringify(definition),
        toolCode: JSON.stringify(toolCode),
        createdAt,
      };
      await table.put(item, ifAbsent);
    },
    list: async <K extends RegistrationKind>(kind: K, id: string) => {
      const found: Version<K>[] = [];
      for await (const item of table.query({ pk: `${kind}#${id}`, prefix: 'version#' })) {
        found.push(table.parse(item, schemaOf(kind)));
      }
      return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
  };
}

function schemaOf<K extends RegistrationKind>(kind: K) {
  return versionItem.transform(({ definition, ...rest }, context): Version<K> => {
    const parsed = definitionSchemas[kind].safeParse(definition);
    if (parsed.success) return { ...rest, definition: parsed.data as Definition<K> };
    for (const issue of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: ['definition', ...issue.path], message: issue.message });
    }
    return { ...rest, definition: undefined as never };
  });
}
