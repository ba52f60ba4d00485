import { asApiError } from '../api/errors.ts';
import { Observable } from '../ui/observable.ts';
import { handOver } from './hand-over.ts';
import { emptyTray, type Tray, type TrayState } from './tray-state.ts';

/**
 * The tray of a chat that has not begun. Files are uploaded to a session, so that the first ones make it begin: they are
 * handed over to its page.
 */
export class FirstFiles extends Observable<TrayState> implements Tray {
  readonly #begin: () => Promise<string>;
  readonly #open: (sessionId: string) => void;
  #isBeginning = false;

  /**
   * @param begin makes the session and answers with its id
   * @param open goes to its page
   */
  constructor(begin: () => Promise<string>, open: (sessionId: string) => void) {
    super(emptyTray);
    this.#begin = begin;
    this.#open = open;
  }

  add(files: readonly File[]): void {
    if (files.length > 0 && !this.#isBeginning) void this.#hand(files);
  }

  // There is nothing here that could be removed or tried again.
  remove(): void {}
  retry(): void {}

  async #hand(files: readonly File[]): Promise<void> {
    this.#isBeginning = true;
    try {
      const sessionId = await this.#begin();
      handOver(sessionId, files);
      this.#open(sessionId);
    } catch (error) {
      const { message } = asApiError(error);
      this.publish({ files: [], problem: `The files were not attached. ${message}` });
    } finally {
      this.#isBeginning = false;
    }
  }
}
