import { sizeText } from '@parley/contract/file-type';
import { useRef, useSyncExternalStore, type ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { FilePicture } from './file-picture.tsx';
import { emptyTray, type Tray, type TrayFile, type TrayState } from './tray-state.ts';
import './files.css';

const nothing = (): (() => void) => () => undefined;

/** The files beside the message that is being written; none where the chat app takes none. */
export function useTray(tray: Tray | undefined): TrayState {
  return useSyncExternalStore(tray?.subscribe ?? nothing, tray?.getSnapshot ?? (() => emptyTray));
}

/** The button that chooses files to attach. */
export function AttachButton({ tray }: { tray: Tray }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button attach"
        aria-label="Attach files"
        title="Attach files"
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={({ currentTarget }) => {
          tray.add([...(currentTarget.files ?? [])]);
          currentTarget.value = ''; // the same file may be chosen again
        }}
      />
    </>
  );
}

/** The files that will go with the message: how far they are, and what went wrong. */
export function ComposerFiles({ tray }: { tray: Tray }): ReactNode {
  const { files, problem } = useTray(tray);
  return (
    <>
      {files.length > 0 && (
        <ul className="files" aria-label="Attached files">
          {files.map((file) => (
            <ComposerFile key={file.key} file={file} tray={tray} />
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p className="composer-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function ComposerFile({ file, tray }: { file: TrayFile; tray: Tray }): ReactNode {
  const { key, name, state, preview, part, error } = file;
  const remove = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    const input = currentTarget.closest('.composer')?.querySelector<HTMLElement>('.composer-input');
    tray.remove(key);
    input?.focus(); // the button goes away
  };
  return (
    <li className={`file ${state}`}>
      <FilePicture name={name} source={state === 'failed' ? undefined : (preview ?? part)} />
      <span className="file-words">
        <span className="file-name">{name}</span>
        <FileState file={file} />
      </span>
      {error?.isPassing === true && (
        <button
          type="button"
          className="icon-button"
          aria-label={`Upload ${name} again`}
          title="Try again"
          onClick={() => tray.retry(key)}
        >
          <Icon name="retry" />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={`Remove ${name}`}
        title="Remove"
        onClick={remove}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

function FileState({ file: { name, bytes, state, progress, error } }: { file: TrayFile }): ReactNode {
  switch (state) {
    case 'uploading':
      return <progress value={progress} aria-label={`Uploading ${name}`} />;
    case 'failed':
      return (
        <span className="file-problem" role="alert">
          {error?.message}
        </span>
      );
    case 'ready':
      return <span className="file-size">{sizeText(bytes)}</span>;
  }
}
