import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { goTo } from '../site/location.ts';
import { useServices } from '../site/services.ts';
import { titleOf } from './title.ts';

/** Says that a session was deleted, for as long as that can be undone; or what did not work. */
export function UndoToast(): ReactNode {
  const { list } = useServices();
  const { leaving, wasOpen, problem, status } = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The row that had the focus is gone.
    if (leaving) button.current?.focus();
  }, [leaving]);
  const undo = (): void => {
    list.undo();
    if (leaving && wasOpen) goTo({ page: 'session', sessionId: leaving.id });
  };
  const isProblem = problem !== undefined && status === 'ready';
  return (
    <div className="toast-place" role="status">
      {leaving && (
        <div className="toast">
          <span dir="auto">Deleted “{titleOf(leaving)}”</span>
          <button ref={button} type="button" className="toast-button" onClick={undo}>
            Undo
          </button>
        </div>
      )}
      {isProblem && (
        <div className="toast">
          <span>{problem}</span>
          <button type="button" className="toast-button" onClick={() => list.dismissProblem()}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
