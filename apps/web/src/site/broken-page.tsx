import type { ReactNode } from 'react';
import { ReloadProblem } from '../ui/reload-problem.tsx';
import { PageHeader } from './page-header.tsx';

/** Stands where a page could not be drawn; what is round it can still be used. */
export function BrokenPage({ menu }: { menu: ReactNode }): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title="Parley" />
      <ReloadProblem
        title="This page could not be drawn"
        message="Nothing that you wrote is lost. Load the page again, or go to another chat."
      />
    </div>
  );
}
