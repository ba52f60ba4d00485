import type { ChatAppView } from '@parley/contract/chat-app';
import type { ReactNode } from 'react';
import { useThread } from './thread-actions.ts';

/** What an empty conversation shows: what the app is for, and things to ask it. */
export function ThreadIntro({ app }: { app: ChatAppView }): ReactNode {
  const { send } = useThread();
  return (
    <div className="thread-intro">
      <span className="app-icon large" aria-hidden="true">
        {app.icon ?? app.title.slice(0, 1)}
      </span>
      <h2>{app.title}</h2>
      {app.description && <p>{app.description}</p>}
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
