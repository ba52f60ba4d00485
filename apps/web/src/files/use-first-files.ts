import { useEffect, useRef, useState } from 'react';
import { goTo } from '../site/location.ts';
import { useServices } from '../site/services.ts';
import { draftPlace, moveDraft } from '../thread/draft.ts';
import { FirstFiles } from './first-files.ts';

/**
 * The tray of a chat that has not begun: with its first files it begins, and what is being written goes along.
 * @param begin answers with the id of its session, see `FirstFiles`; the first one given is used throughout
 */
export function useFirstFiles(appId: string, begin: () => Promise<string>): FirstFiles {
  const { me } = useServices();
  const user = useRef(me);
  useEffect(() => {
    user.current = me;
  }, [me]);
  const [tray] = useState(() => {
    const open = (sessionId: string): void => {
      if (user.current)
        moveDraft(draftPlace(user.current, `new:${appId}`), draftPlace(user.current, sessionId));
      goTo({ page: 'session', sessionId }, { replace: true });
    };
    return new FirstFiles(begin, open);
  });
  return tray;
}
