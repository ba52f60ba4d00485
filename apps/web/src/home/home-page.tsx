import type { ChatAppView } from '@parley/contract/chat-app';
import type { ReactNode } from 'react';
import { useServices } from '../site/services.ts';
import { AppIcon } from '../ui/app-icon.tsx';
import { PlaceLink } from '../ui/place-link.tsx';
import { CardsSkeleton } from '../ui/skeletons.tsx';
import { beginWith } from '../thread/suggestion.ts';
import { PageHeader } from '../site/page-header.tsx';
import './home.css';

/** A card for each chat app that the user may use. */
export function HomePage({ menu }: { menu: ReactNode }): ReactNode {
  const { chatApps, me } = useServices();
  return (
    <div className="page">
      <PageHeader menu={menu} title="Parley" isQuiet />
      <div className="home">
        <h1>
          {greeting(new Date())}
          {me && `, ${me.name}`}
        </h1>
        <p className="home-lead">
          {chatApps?.length === 0
            ? 'There is no chat app here that you may use yet. Ask whoever runs this site to deploy one, or to let you in.'
            : 'What would you like to talk about?'}
        </p>
        {chatApps ? (
          <ul className="cards">
            {chatApps.map((app) => (
              <Card key={app.id} app={app} />
            ))}
          </ul>
        ) : (
          <CardsSkeleton />
        )}
        <footer className="home-foot">
          <a href="/licenses.txt">Licences of the open-source software in this page</a>
        </footer>
      </div>
    </div>
  );
}

function Card({ app }: { app: ChatAppView }): ReactNode {
  const place = { page: 'new-chat', app: app.id } as const;
  const name =
    app.path === undefined ? (
      <PlaceLink to={place} className="card-link">
        {app.title}
      </PlaceLink>
    ) : (
      <a href={app.path} className="card-link">
        {app.title}
      </a>
    );
  return (
    <li className="card">
      <div className="card-head">
        <AppIcon icon={app.icon ?? app.title.slice(0, 1)} />
        <h2 dir="auto">{name}</h2>
        {app.demo && <span className="badge">Demo model</span>}
      </div>
      {app.description && <p dir="auto">{app.description}</p>}
      {app.path === undefined && app.suggestions.length > 0 && (
        <ul className="suggestions" aria-label={`Things to ask ${app.title}`}>
          {app.suggestions.slice(0, 3).map((text) => (
            <li key={text}>
              <PlaceLink to={place} className="suggestion" onClick={() => beginWith(app.id, text)}>
                {text}
              </PlaceLink>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function greeting(now: Date): string {
  const hour = now.getHours();
  if (hour < 5) return 'Good night';
  if (hour < 12) return 'Good morning';
  return hour < 18 ? 'Good afternoon' : 'Good evening';
}
