import type { ReactNode } from 'react';
import './demo-banner.css';

/** Says that no language model answers, so that nobody takes the answers for one's. */
export function DemoBanner(): ReactNode {
  return (
    <p className="demo-banner" role="note">
      <strong>Demo model.</strong> No language model answers here: a built-in program picks a tool and words
      its result.
    </p>
  );
}
