import type { Attachment } from '@parley/contract/attachment';
import type { FilePart } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { ApiClient } from '../api/client.ts';
import { asApiError } from '../api/errors.ts';
import { refusedFile, thatFit } from './file-check.ts';
import { sendForm } from './send-form.ts';
import { emptyTray, type Tray, type TrayFile, type TrayState } from './tray-state.ts';

export interface FileTrayOptions {
  sessionId: string;
  api: Pick<ApiClient, 'startUpload' | 'finishUpload'>;
}

/**
 * The files beside the message that is being written in a session. Each is uploaded as soon as it is chosen, one at a
 * time, and stays here until it is sent or removed, whatever becomes of the others.
 */
export class FileTray implements Tray {
  readonly #options: FileTrayOptions;
  readonly #listeners = new Set<() => void>();
  readonly #uploads = new Map<string, { file: File; ending: AbortController }>();
  #last: Promise<void> = Promise.resolve();
  #state: TrayState = emptyTray;

  constructor(options: FileTrayOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): TrayState => this.#state;

  add(files: readonly File[]): void {
    const { fitting, problem } = thatFit(this.#state.files, files);
    const added = fitting.map((file) => this.#taken(file));
    this.#set({ files: [...this.#state.files, ...added], problem });
    for (const { key, state } of added) if (state === 'uploading') this.#queue(key);
  }

  retry(key: string): void {
    this.#change(key, { state: 'uploading', progress: 0, error: undefined });
    this.#queue(key);
  }

  remove(key: string): void {
    this.#forget(this.#state.files.filter((file) => file.key === key));
    this.#set({ files: this.#state.files.filter((file) => file.key !== key) });
  }

  /** The files that are ready, for a message; they are no longer here. */
  take(): FilePart[] {
    const parts = this.parts();
    this.#forget(this.#state.files);
    this.#set(emptyTray);
    return parts;
  }

  /** The files that are ready. */
  parts(): FilePart[] {
    return this.#state.files.flatMap(({ part }) => part ?? []);
  }

  /** Brings back what was ready before, in front of what was added since. */
  restore(parts: readonly FilePart[]): void {
    const known = new Set(this.parts().map(({ url }) => url));
    const files = parts
      .filter(({ url }) => !known.has(url))
      .map((part): TrayFile => {
        const { filename: name, bytes } = part;
        return { key: crypto.randomUUID(), name, bytes, state: 'ready', progress: 1, part };
      });
    if (files.length > 0) this.#set({ ...this.#state, files: [...files, ...this.#state.files] });
  }

  /** Gives up what is being uploaded. */
  close(): void {
    this.#forget(this.#state.files);
  }

  #taken(file: File): TrayFile {
    const key = crypto.randomUUID();
    const about = { key, name: file.name, bytes: file.size, progress: 0 };
    const refused = refusedFile(file);
    if (refused !== undefined)
      return { ...about, state: 'failed', error: { message: refused, isPassing: false } };
    this.#uploads.set(key, { file, ending: new AbortController() });
    const preview = file.type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {};
    return { ...about, ...preview, state: 'uploading' };
  }

  #queue(key: string): void {
    this.#last = this.#last.then(() => this.#upload(key));
  }

  /** Never rejects: what goes wrong is told at the file. */
  async #upload(key: string): Promise<void> {
    const upload = this.#uploads.get(key);
    if (!upload) return;
    const { file, ending } = upload;
    const { api, sessionId } = this.#options;
    const { name, type, size: bytes } = file;
    try {
      const form = await api.startUpload(sessionId, { name, type, bytes }, ending.signal);
      const onProgress = (progress: number): void => this.#change(key, { progress });
      await sendForm(form, file, { signal: ending.signal, onProgress });
      const attachment = await api.finishUpload(sessionId, form.id, name, ending.signal);
      this.#change(key, { state: 'ready', progress: 1, part: partOf(sessionId, attachment) });
    } catch (error) {
      const { message, isPassing, code } = asApiError(error);
      const error_ = { message, isPassing: isPassing || code === 'upload-refused' };
      this.#change(key, { state: 'failed', error: error_ });
    }
  }

  #change(key: string, change: Partial<TrayFile>): void {
    if (!this.#state.files.some((file) => file.key === key)) return;
    const files = this.#state.files.map((file) => (file.key === key ? { ...file, ...change } : file));
    this.#set({ ...this.#state, files });
  }

  #forget(files: readonly TrayFile[]): void {
    for (const { key, preview } of files) {
      this.#uploads.get(key)?.ending.abort();
      this.#uploads.delete(key);
      if (preview !== undefined) URL.revokeObjectURL(preview);
    }
  }

  #set(state: TrayState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function partOf(sessionId: string, { id, name, mediaType, bytes }: Attachment): FilePart {
  const url = routePath('attachment', { sessionId, attachmentId: id });
  return { type: 'file', mediaType, filename: name, url, bytes };
}
