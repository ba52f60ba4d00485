/** What a template registers under an id: by which resource, and with what content. No two register one id. */
export type Template = ReadonlyMap<string, { logicalResourceId: string; content: number }>;

/** A deploy of a template, as an author and fate would have it. */
export interface Deploy {
  template: Template;
  /** Changes made before one fails; `undefined`: none fails. */
  failsAfter: number | undefined;
  /** What becomes of a deploy that failed: its changes are taken back, or stay until the next deploy. */
  failure: 'rolls back' | 'stops';
}

/** An event of a registration, as CloudFormation sends it. */
export interface LifeEvent {
  type: 'Create' | 'Update' | 'Delete';
  logicalResourceId: string;
  id: string;
  content: number;
  /** What it is known by: an update's is the one of before. */
  physicalResourceId: string | undefined;
}

/** A resource that stands, or stood under another id until its clean-up. */
interface Resource {
  logicalResourceId: string;
  id: string;
  content: number;
}

/**
 * What CloudFormation sends for one stack. A deploy makes its changes and then deletes what is left over:
 * resources that the template has no longer, and former ids of those that took another. A rollback is a
 * deploy of what stood when one last ended well.
 */
export class StackLife {
  /** In the order in which they are signed. */
  readonly events: LifeEvent[] = [];
  #current = new Map<string, Resource>();
  #stable: Resource[] = [];
  #leftOver: Resource[] = [];

  /** Id → content of what stands. */
  contents(): Map<string, number> {
    return new Map([...this.#current.values()].map(({ id, content }) => [id, content]));
  }

  deploy({ template, failsAfter, failure }: Deploy): void {
    const wanted = [...template].map(([id, rest]) => ({ id, ...rest }));
    if (failsAfter === undefined) return this.#finish(wanted);
    this.#change(wanted, failsAfter);
    return failure === 'rolls back' ? this.rollBack() : undefined;
  }

  rollBack(): void {
    this.#finish(this.#stable);
  }

  delete(): void {
    this.#finish([]);
  }

  #finish(wanted: Resource[]): void {
    this.#change(wanted);
    this.#cleanUp(wanted);
    this.#stable = wanted;
  }

  #change(wanted: Resource[], atMost = Infinity): void {
    const changes = wanted.filter((each) => !isEqual(this.#current.get(each.logicalResourceId), each));
    for (const each of changes.slice(0, atMost)) {
      const before = this.#current.get(each.logicalResourceId);
      const physicalResourceId = before && `agent/${before.id}`;
      this.events.push({ type: before ? 'Update' : 'Create', ...each, physicalResourceId });
      if (before && before.id !== each.id) this.#leftOver.push(before);
      this.#current.set(each.logicalResourceId, each);
    }
  }

  #cleanUp(wanted: Resource[]): void {
    const isWanted = (one: Resource) =>
      wanted.some((each) => each.logicalResourceId === one.logicalResourceId && each.id === one.id);
    const gone = [...this.#leftOver, ...this.#current.values()].filter((each) => !isWanted(each));
    for (const each of gone)
      this.events.push({ type: 'Delete', ...each, physicalResourceId: `agent/${each.id}` });
    this.#current = new Map(wanted.map((each) => [each.logicalResourceId, each]));
    this.#leftOver = [];
  }
}

function isEqual(one: Resource | undefined, other: Resource): boolean {
  return one?.id === other.id && one.content === other.content;
}
