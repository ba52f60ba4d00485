import { asApiError } from '../api/errors.ts';
import { Observable } from '../ui/observable.ts';
import { underPlainName } from './file-name.ts';
import { handOver } from './hand-over.ts';
import { emptyTray, type Tray, type TrayFile, type TrayState } from './tray-state.ts';

/**
 * The tray of a chat that has not begun. Files are uploaded to a session, so that the first ones make it begin. All that
 * are chosen until it is there stay here, hold the message, and are handed over to its page together.
 */
export class FirstFiles extends Observable<TrayState> implements Tray {
  readonly #begin: () => Promise<string>;
  readonly #open: (sessionId: string) => void;
  readonly #chosen = new Map<string, File>();

  /**
   * @param begin answers with the id of the session, which it makes unless that is done or under way
   * @param open goes to its page
   */
  constructor(begin: () => Promise<string>, open: (sessionId: string) => void) {
    super(emptyTray);
    this.#begin = begin;
    this.#open = open;
  }

  add(files: readonly File[]): void {
    if (files.length === 0) return;
    for (const file of files) this.#chosen.set(crypto.randomUUID(), underPlainName(file));
    void this.#bring();
  }

  remove(key: string): void {
    this.#chosen.delete(key);
    this.publish({ files: this.getSnapshot().files.filter((file) => file.key !== key) });
  }

  /** Tries all again: what failed is the session that they wait for together. */
  retry(): void {
    void this.#bring();
  }

  /** Leaves what was chosen to the page of a session, which is opened next. */
  handOver(sessionId: string): void {
    if (this.#chosen.size === 0) return;
    handOver(sessionId, [...this.#chosen.values()]);
    this.#chosen.clear();
  }

  async #bring(): Promise<void> {
    this.#show({ state: 'uploading' });
    try {
      const sessionId = await this.#begin();
      if (this.#chosen.size === 0) return; // removed, or handed over already
      this.handOver(sessionId);
      this.#open(sessionId);
    } catch (error) {
      const { message, isPassing } = asApiError(error);
      this.#show({ state: 'failed', error: { message, isPassing } });
    }
  }

  #show(how: Pick<TrayFile, 'state' | 'error'>): void {
    const files = [...this.#chosen].map(([key, { name, size: bytes }]) => {
      return { key, name, bytes, progress: 0, ...how };
    });
    this.publish({ files });
  }
}
