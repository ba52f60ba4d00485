/** An event of the random sequences, reduced to what decides its outcome. */
export interface ModelEvent {
  type: 'Create' | 'Update' | 'Delete';
  kind: 'agent' | 'app';
  id: string;
  /** Which of the definitions; an app's names the agent it uses. */
  content: number;
  stackName: string;
  stackId: string;
  logicalResourceId: string;
  requestId: string;
  second: number | undefined;
}

interface Entry {
  /** What the resources that stand registered, newest last. All are of one stack. */
  claims: ModelEvent[];
  applied: ModelEvent[];
}

/**
 * What the rules of registration amount to, in a map: who owns what, and which events have had their
 * say. Says for each event whether CloudFormation is told SUCCESS.
 */
export class CatalogModel {
  readonly #entries = new Map<string, Entry>();

  live(kind: string, id: string): ModelEvent | undefined {
    return this.#entries.get(`${kind}/${id}`)?.claims.at(-1);
  }

  apply(event: ModelEvent, agentOf: (event: ModelEvent) => string | undefined): 'SUCCESS' | 'FAILED' {
    const name = `${event.kind}/${event.id}`;
    const entry = this.#entries.get(name) ?? { claims: [], applied: [] };
    this.#entries.set(name, entry);
    return event.type === 'Delete'
      ? this.#retire(entry, event)
      : this.#register(entry, event, agentOf(event));
  }

  #register(entry: Entry, event: ModelEvent, agent: string | undefined): 'SUCCESS' | 'FAILED' {
    if (agent !== undefined && !this.live('agent', agent)) return 'FAILED';
    const hadItsSay = entry.applied.some(({ requestId }) => requestId === event.requestId);
    const live = entry.claims.at(-1);
    if (!hadItsSay && live && live.stackName !== event.stackName) return 'FAILED';
    if (!hadItsSay && !entry.applied.some((each) => overtakes(each, event))) {
      const others = entry.claims.filter((each) => each.stackId === event.stackId && !isSame(each, event));
      entry.claims = [...others, event];
      entry.applied.push(event);
    }
    return 'SUCCESS';
  }

  #retire(entry: Entry, event: ModelEvent): 'SUCCESS' {
    const { claims, applied } = entry;
    if (applied.some(({ requestId }) => requestId === event.requestId)) return 'SUCCESS';
    const own = claims.find((each) => isSame(each, event));
    if (own && overtakes(own, event)) return 'SUCCESS';
    entry.claims = claims.filter((each) => each !== own);
    if (claims.every(({ stackId }) => stackId === event.stackId)) applied.push(event);
    return 'SUCCESS';
  }
}

function isSame(one: ModelEvent, other: ModelEvent): boolean {
  return one.stackId === other.stackId && one.logicalResourceId === other.logicalResourceId;
}

function overtakes(one: ModelEvent, { second, stackName }: ModelEvent): boolean {
  if (one.stackName !== stackName || one.second === undefined || second === undefined) return false;
  return one.second > second;
}
