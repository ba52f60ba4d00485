import { join } from 'node:path';
import { JsonFile } from './json-file.ts';
import { type PlacedResource, type SavedStacks, type StackState, savedStacks } from './records.ts';

/**
 * The stacks as they stand, in memory and on disk. Functions, listener rules and services are not kept
 * anywhere else: whoever needs them looks them up here, so that they cannot drift from the stacks.
 */
export class StackStore {
  readonly #file: JsonFile<SavedStacks>;
  readonly #saved: SavedStacks;
  #revision = 0;

  private constructor(file: JsonFile<SavedStacks>, saved: SavedStacks) {
    this.#file = file;
    this.#saved = saved;
  }

  static async open(dataFolder: string): Promise<StackStore> {
    const file = new JsonFile<SavedStacks>(join(dataFolder, 'stacks.json'));
    const saved = await file.read((value) => savedStacks.parse(value));
    return new StackStore(file, saved ?? { version: 1, stacks: {} });
  }

  /** Grows with every change; lets callers keep what they derived from the stacks. */
  get revision(): number {
    return this.#revision;
  }

  get stacks(): StackState[] {
    return Object.values(this.#saved.stacks);
  }

  stack(name: string): StackState | undefined {
    return this.#saved.stacks[name];
  }

  add(stack: StackState): void {
    this.#saved.stacks[stack.name] = stack;
  }

  /** Forget a stack. Call `save` to make it last. */
  forget(name: string): void {
    delete this.#saved.stacks[name];
  }

  /** Call after every change of a stack; resolves once it stands on disk. */
  save(): Promise<void> {
    this.#revision += 1;
    return this.#file.write(this.#saved);
  }

  /** All complete resources of a type, over all stacks. */
  ofType(type: string): PlacedResource[] {
    return this.stacks.flatMap((stack) =>
      Object.entries(stack.resources)
        .filter(([, record]) => record.type === type && record.status === 'complete')
        .map(([logicalId, record]) => ({ stack, logicalId, record })),
    );
  }

  /** The resource of a type with this physical id. */
  find(type: string, physicalId: string): PlacedResource | undefined {
    return this.ofType(type).find(({ record }) => record.physicalId === physicalId);
  }
}
