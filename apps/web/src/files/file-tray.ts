import type { Attachment } from '@parley/contract/attachment';
import type { FilePart } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { ApiClient } from '../api/client.ts';
import { asApiError } from '../api/errors.ts';
import { Observable } from '../ui/observable.ts';
import { refusedFile, thatFit } from './file-check.ts';
import { underPlainName } from './file-name.ts';
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
export class FileTray extends Observable<TrayState> implements Tray {
  readonly #options: FileTrayOptions;
  readonly #uploads = new Map<string, { file: File; ending: AbortController }>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: FileTrayOptions) {
    super(emptyTray);
    this.#options = options;
  }

  add(files: readonly File[]): void {
    const { fitting, problem } = thatFit(this.getSnapshot().files, files.map(underPlainName));
    const added = fitting.map((file) => this.#taken(file));
    this.publish({ files: [...this.getSnapshot().files, ...added], problem });
    for (const { key, state } of added) if (state === 'uploading') this.#queue(key);
  }

  retry(key: string): void {
    this.#change(key, { state: 'uploading', progress: 0, error: undefined });
    this.#queue(key);
  }

  remove(key: string): void {
    this.#forget(this.getSnapshot().files.filter((file) => file.key === key));
    this.publish({ files: this.getSnapshot().files.filter((file) => file.key !== key) });
  }

  /** The files that are ready, for a message; they are no longer here. */
  take(): FilePart[] {
    const parts = this.parts();
    this.#forget(this.getSnapshot().files);
    this.publish(emptyTray);
    return parts;
  }

  /** The files that are ready. */
  parts(): FilePart[] {
    return this.getSnapshot().files.flatMap(({ part }) => part ?? []);
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
    if (files.length > 0)
      this.publish({ ...this.getSnapshot(), files: [...files, ...this.getSnapshot().files] });
  }

  /** Gives up what is being uploaded. */
  close(): void {
    this.#forget(this.getSnapshot().files);
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
    if (!this.getSnapshot().files.some((file) => file.key === key)) return;
    const files = this.getSnapshot().files.map((file) => (file.key === key ? { ...file, ...change } : file));
    this.publish({ ...this.getSnapshot(), files });
  }

  #forget(files: readonly TrayFile[]): void {
    for (const { key, preview } of files) {
      this.#uploads.get(key)?.ending.abort();
      this.#uploads.delete(key);
      if (preview !== undefined) URL.revokeObjectURL(preview);
    }
  }
}

function partOf(sessionId: string, { id, name, mediaType, bytes }: Attachment): FilePart {
  const url = routePath('attachment', { sessionId, attachmentId: id });
  return { type: 'file', mediaType, filename: name, url, bytes };
}
