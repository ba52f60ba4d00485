import { sizeText } from '@parley/contract/file-type';
import type { FilePart, Message } from '@parley/contract/message';
import { useState, type ReactNode } from 'react';
import { asApiError } from '../api/errors.ts';
import { useServices } from '../site/services.ts';
import { FilePicture } from './file-picture.tsx';
import './files.css';

/** The files of a message. */
export function filesOf({ parts }: Pick<Message, 'parts'>): FilePart[] {
  return parts.filter((part) => part.type === 'file');
}

/** The files that a message brought along; each is a button that saves it. */
export function MessageFiles({ files }: { files: readonly FilePart[] }): ReactNode {
  if (files.length === 0) return null;
  return (
    <ul className="files" aria-label="Files of your message">
      {files.map((file) => (
        <li key={file.url} className="file">
          <SaveButton file={file} />
        </li>
      ))}
    </ul>
  );
}

function SaveButton({ file }: { file: FilePart }): ReactNode {
  const { api } = useServices();
  const [problem, setProblem] = useState<string>();
  const save = async (): Promise<void> => {
    setProblem(undefined);
    try {
      offer(await api.file(file.url), file.filename);
    } catch (error) {
      setProblem(asApiError(error).message);
    }
  };
  return (
    <button type="button" className="file-save" title={`Save ${file.filename}`} onClick={() => void save()}>
      <FilePicture name="" source={file} />
      <span className="file-words">
        <span className="file-name">{file.filename}</span>
        {problem === undefined ? (
          <span className="file-size">{sizeText(file.bytes)}</span>
        ) : (
          <span className="file-problem" role="alert">
            {problem}
          </span>
        )}
      </span>
    </button>
  );
}

/** Saves a file as the browser saves downloads: it is never opened as a page. */
function offer(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
