import type { ChatAppView } from '@parley/contract/chat-app';
import type { ReactNode } from 'react';
import { AppIcon } from '../ui/app-icon.tsx';
import { useThread } from './thread-actions.ts';

/** What an empty conversation shows: what the app is for, and things to ask it. */
export function ThreadIntro({ app }: { app: ChatAppView }): ReactNode {
  const { send } = useThread();
  return (
    <div className="thread-intro">
      <AppIcon icon={app.icon ?? app.title.slice(0, 1)} size="large" />
      <h2 dir="auto">{app.title}</h2>
      {app.description && <p dir="auto">{app.description}</p>}
      {app.suggestions.length > 0 && (
        <ul className="suggestions" aria-label="Suggestions">
          {app.suggestions.map((text) => (
            <li key={text}>
              <button type="button" className="suggestion" onClick={() => void send(text)}>
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
