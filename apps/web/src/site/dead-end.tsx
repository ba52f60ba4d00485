import type { ReactNode } from 'react';
import { PlaceLink } from '../ui/place-link.tsx';
import { Problem } from '../ui/problem.tsx';
import { PageHeader } from './page-header.tsx';

interface DeadEndProps {
  menu: ReactNode;
  heading: string;
  title: string;
  message: string;
  onRetry?: (() => void) | undefined;
}

/** What an address shows that leads to nothing that can be shown: why, and the way to the chat apps. */
export function DeadEnd({ menu, heading, title, message, onRetry }: DeadEndProps): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title={heading} />
      <div className="page-centre">
        <Problem title={title} message={message} onRetry={onRetry}>
          <PlaceLink to={{ page: 'home' }} className={onRetry ? 'button quiet' : 'button'}>
            All chat apps
          </PlaceLink>
        </Problem>
      </div>
    </div>
  );
}
