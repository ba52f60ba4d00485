import type { StoredItem } from './expressions.ts';

export interface PageRequest {
  /** Sort keys, both included. */
  low: string;
  high: string;
  isDescending: boolean;
  /** Sort key of the last item of the page before. */
  after?: string | undefined;
  limit?: number | undefined;
}

/** DynamoDB ends a page at 1 MB. */
const pageBytesMax = 1_000_000;

/** The items with one partition key, in the order of their sort keys. */
export class Partition {
  readonly #items = new Map<string, StoredItem>();
  #keys: string[] = [];

  get(key: string): StoredItem | undefined {
    return this.#items.get(key);
  }

  set(key: string, item: StoredItem): void {
    if (!this.#items.has(key)) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#items.set(key, item);
  }

  delete(key: string): void {
    if (this.#items.delete(key)) this.#keys.splice(this.#indexOf(key), 1);
  }

  page({ low, high, isDescending, after, limit = Infinity }: PageRequest) {
    const keys = this.#keys.slice(this.#indexOf(low)).filter((key) => key <= high);
    if (isDescending) keys.reverse();
    const rest =
      after === undefined ? keys : keys.filter((key) => (isDescending ? key < after : key > after));
    const Items: StoredItem[] = [];
    let bytes = 0;
    for (const key of rest) {
      if (Items.length >= limit || bytes > pageBytesMax) break;
      const item = this.#items.get(key)!;
      Items.push(item);
      if (rest.length > 8) bytes += JSON.stringify(item).length;
    }
    const { pk, sk } = Items.at(-1) ?? {};
    return { Items, ...(Items.length < rest.length && { LastEvaluatedKey: { pk, sk } }) };
  }

  /** Where the key is, or would be. */
  #indexOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
