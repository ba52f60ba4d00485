import type { ToolPart } from '@parley/contract/message';
import type { ReactNode } from 'react';
import { ForeignText } from './value-text.tsx';

/** Enough for a sentence or two; all of it is among the details. */
const shownCharsMax = 300;

/** Why a tool gave no result, and what becomes of it. */
export function ToolFailure({ part }: { part: ToolPart }): ReactNode {
  const reason = part.errorText ?? 'No reason was given.';
  return (
    <p className="tool-problem">
      <ForeignText text={reason.length > shownCharsMax ? `${reason.slice(0, shownCharsMax)}…` : reason} /> The
      model was told and goes on without it; answer again to have the tool tried anew.
    </p>
  );
}
