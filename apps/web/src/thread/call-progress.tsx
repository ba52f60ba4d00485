import { withCodes } from '@parley/contract/marks';
import type { ToolPart } from '@parley/contract/message';
import type { ReactNode } from 'react';
import { ForeignText } from './value-text.tsx';
import './call-progress.css';

/** How far a call is, as its tool says. Of one that was cut, what it said last. */
export function CallProgress({ part, isRunning }: { part: ToolPart; isRunning: boolean }): ReactNode {
  const { percent, text } = part.progress ?? {};
  if (percent === undefined && text === undefined) return null;
  return (
    <div className="call-progress">
      {isRunning && percent !== undefined && (
        <progress max={100} value={percent} aria-label={`Progress of ${withCodes(part.toolName)}`} />
      )}
      <p>
        {percent !== undefined && <span className="call-percent">{Math.floor(percent)} %</span>}
        {text !== undefined && <ForeignText text={text} />}
      </p>
    </div>
  );
}
