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
  live: ModelEvent | undefined;
  applied: ModelEvent[];
}

/**
 * What the rules of registration amount to, in a map: who owns what, and which events have had their
 * say. Says for each event whether CloudFormation is told SUCCESS.
 */
export class CatalogModel {
  readonly #entries = new Map<string, Entry>();

  live(kind: string, id: string): ModelEvent | undefined {
    return this.#entries.get(`${kind}/${id}`)?.live;
  }

  apply(event: ModelEvent, agentOf: (event: ModelEvent) => string | undefined): 'SUCCESS' | 'FAILED' {
    const name = `${event.kind}/${event.id}`;
    const entry = this.#entries.get(name) ?? { live: undefined, applied: [] };
    this.#entries.set(name, entry);
    return event.type === 'Delete'
      ? this.#retire(entry, event)
      : this.#register(entry, event, agentOf(event));
  }

  #register(entry: Entry, event: ModelEvent, agent: string | undefined): 'SUCCESS' | 'FAILED' {
    if (agent !== undefined && !this.live('agent', agent)) return 'FAILED';
    const hadItsSay = entry.applied.some(({ requestId }) => requestId === event.requestId);
    const isForeign = entry.live && entry.live.stackName !== event.stackName;
    if (!hadItsSay && isForeign) return 'FAILED';
    if (!hadItsSay && !isOvertaken(entry, event)) {
      entry.live = event;
      entry.applied.push(event);
    }
    return 'SUCCESS';
  }

  #retire(entry: Entry, event: ModelEvent): 'SUCCESS' {
    const { live, applied } = entry;
    if (applied.some(({ requestId }) => requestId === event.requestId)) return 'SUCCESS';
    const isLastWriter =
      live?.stackId === event.stackId && live.logicalResourceId === event.logicalResourceId;
    if (live && (!isLastWriter || isOvertaken(entry, event))) return 'SUCCESS';
    entry.live = undefined;
    applied.push(event);
    return 'SUCCESS';
  }
}

function isOvertaken({ applied }: Entry, { second, stackName }: ModelEvent): boolean {
  return applied.some((each) => each.stackName === stackName && (each.second ?? -1) > (second ?? Infinity));
}
