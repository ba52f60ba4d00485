import { useEffect, useRef, useState } from 'react';
import { useServices } from '../site/services.ts';
import { keepDraftFiles, readDraftFiles } from '../thread/draft.ts';
import { FileTray } from './file-tray.ts';
import { takeHandedOver } from './hand-over.ts';

/**
 * The tray of a session's composer. What is uploaded stays with the draft: it is brought back after a reload, and kept
 * as it changes.
 * @param place where the draft belongs; undefined until it is known whose it is
 */
export function useFileTray(sessionId: string, place: string | undefined): FileTray {
  const { api } = useServices();
  const [tray] = useState(() => new FileTray({ sessionId, api }));
  const restored = useRef(false);
  useEffect(() => {
    const chosen = takeHandedOver(sessionId);
    if (chosen.length > 0) tray.add(chosen);
    return () => tray.close();
  }, [sessionId, tray]);
  useEffect(() => {
    if (place === undefined) return;
    if (!restored.current) tray.restore(readDraftFiles(place));
    restored.current = true;
    return tray.subscribe(() => keepDraftFiles(place, tray.parts()));
  }, [place, tray]);
  return tray;
}
