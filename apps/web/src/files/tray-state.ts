import type { FilePart } from '@parley/contract/message';

/** A file beside the message that is being written. */
export interface TrayFile {
  key: string;
  name: string;
  bytes: number;
  state: 'uploading' | 'ready' | 'failed';
  /** How much of it is uploaded, from 0 to 1. */
  progress: number;
  /** Of an image that was chosen on this page. */
  preview?: string | undefined;
  /** Why it cannot be attached, and whether another try may do. */
  error?: { message: string; isPassing: boolean } | undefined;
  /** Once it is ready: what a message brings along. */
  part?: FilePart | undefined;
}

/** The files beside a message, and what was wrong with others that somebody wanted there. */
export interface TrayState {
  files: readonly TrayFile[];
  problem?: string | undefined;
}

export const emptyTray: TrayState = { files: [] };

/** What a composer can do with files. */
export interface Tray {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => TrayState;
  add(files: readonly File[]): void;
  remove(key: string): void;
  retry(key: string): void;
}

/** Why a message cannot be sent yet because of its files; undefined when it can. */
export function unsentBecause({ files }: TrayState): string | undefined {
  const failed = files.find(({ state }) => state === 'failed');
  if (failed) {
    const again = failed.error?.isPassing === true ? ', or try it again,' : '';
    return `Remove “${failed.name}”${again} to send your message.`;
  }
  const uploading = files.filter(({ state }) => state === 'uploading').length;
  if (uploading === 0) return undefined;
  return `Uploading ${uploading === 1 ? 'a file' : `${uploading} files`}: you can send in a moment.`;
}
