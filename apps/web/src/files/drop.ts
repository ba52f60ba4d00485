import { useState, type ClipboardEvent, type DragEvent } from 'react';
import type { Tray } from './tray-state.ts';

/** Adds files that are pasted; text is pasted as ever. */
export function pasteFiles(tray: Tray | undefined, event: ClipboardEvent): void {
  const files = [...event.clipboardData.files];
  if (!tray || files.length === 0 || event.clipboardData.types.includes('text/plain')) return;
  event.preventDefault();
  tray.add(files);
}

/** Lets files be dropped on an element: what it listens to, and whether some are held over it. */
export function useFileDrop(tray: Tray | undefined) {
  const [isOver, setOver] = useState(false);
  if (!tray) return { isOver: false, listeners: {} };
  const isFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files');
  return {
    isOver,
    listeners: {
      onDragOver: (event: DragEvent) => {
        if (!isFiles(event)) return;
        event.preventDefault(); // else the browser opens what is dropped
        setOver(true);
      },
      onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false);
      },
      onDrop: (event: DragEvent) => {
        setOver(false);
        if (!isFiles(event)) return;
        event.preventDefault();
        tray.add([...event.dataTransfer.files]);
      },
    },
  };
}
