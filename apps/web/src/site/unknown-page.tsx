import type { ReactNode } from 'react';
import { PlaceLink } from '../ui/place-link.tsx';
import { Problem } from '../ui/problem.tsx';
import { PageHeader } from './page-header.tsx';

/** What an address shows that leads nowhere. */
export function UnknownPage({ menu }: { menu: ReactNode }): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title="No such page" />
      <div className="page-centre">
        <Problem title="There is no such page" message="The address may be cut short or out of date.">
          <PlaceLink to={{ page: 'home' }} className="button">
            All chat apps
          </PlaceLink>
        </Problem>
      </div>
    </div>
  );
}
