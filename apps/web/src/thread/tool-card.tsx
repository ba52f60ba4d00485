import { withCodes } from '@parley/contract/marks';
import type { ToolPart } from '@parley/contract/message';
import { Fragment, useState, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { CallProgress } from './call-progress.tsx';
import { useTimeLeft } from './time-left.ts';
import { ToolFailure } from './tool-failure.tsx';
import { ForeignText, textOf, ValueText } from './value-text.tsx';
import './tool-card.css';

/** Longer output is cut on the screen; the copy button has all that the log holds. */
const shownCharsMax = 20_000;

interface ToolCardProps {
  part: ToolPart;
  /** True while the answer is being written. */
  isOpen: boolean;
  /** What the user is asked before the call is made. */
  children?: ReactNode;
}

/** A call of a tool: its name and state, and on request what went in and what came out. */
export function ToolCard({ part, isOpen, children }: ToolCardProps): ReactNode {
  const [isExpanded, setExpanded] = useState(false);
  const asksUntil = children ? (part.approval?.expiresAt ?? '') : '';
  const isInTime = useTimeLeft(asksUntil) > 0;
  const state = asksUntil === '' ? stateOf(part, isOpen) : asking[isInTime ? 'inTime' : 'expired'];
  return (
    <div className={`tool-card ${state.kind}`} role="group" aria-label={`Tool ${withCodes(part.toolName)}`}>
      <button type="button" aria-expanded={isExpanded} onClick={() => setExpanded(!isExpanded)}>
        <Icon name="tool" />
        <span className="tool-name">
          <ForeignText text={part.toolName} />
        </span>
        <span className="tool-summary">
          {summaryOf(part.input).map((text, i) => (
            <Fragment key={i}>
              {i > 0 && ', '}
              <ForeignText text={text} />
            </Fragment>
          ))}
        </span>
        <span className="tool-state">
          {state.words}
          {part.durationMs !== undefined && ` · ${durationText(part.durationMs)}`}
        </span>
        <Icon name="chevron" />
      </button>
      <CallProgress part={part} isRunning={state.kind === 'running'} />
      {children}
      {state.kind === 'failed' && <ToolFailure part={part} />}
      {isExpanded && (
        <div className="tool-detail">
          <Value title="Input" value={part.input} />
          {part.state === 'output-available' && <Value title="Output" value={part.output} />}
          {part.state === 'output-error' && (
            <Value title="Error" value={part.errorText ?? 'No reason was given.'} />
          )}
        </div>
      )}
    </div>
  );
}

function Value({ title, value }: { title: string; value: unknown }): ReactNode {
  const large = isLargeValue(value) ? value : undefined;
  const shown = large ? large.preview : value;
  return (
    <div className="tool-value">
      <div className="tool-value-head">
        <span>{title}</span>
        <CopyButton text={textOf(shown)} what={title.toLowerCase()} />
      </div>
      <pre tabIndex={0} aria-label={title}>
        <code>
          <ValueText value={shown} charsMax={shownCharsMax} />
        </code>
      </pre>
      {large && <p className="tool-cut">Cut: {large.bytes.toLocaleString('en')} bytes in all.</p>}
    </div>
  );
}

/** Stands in the log for what is larger than an event may be. */
interface LargeValue {
  preview: string;
  /** Size of the whole as JSON. */
  bytes: number;
  note: string;
}

function isLargeValue(value: unknown): value is LargeValue {
  if (typeof value !== 'object' || value === null) return false;
  const { preview, bytes, note } = value as Partial<LargeValue>;
  return typeof preview === 'string' && typeof bytes === 'number' && typeof note === 'string';
}

/** Of a call that the user is asked to approve. */
const asking = {
  inTime: { kind: 'asks', words: 'Waits for you' },
  expired: { kind: 'cut', words: 'Expired' },
} as const;

function stateOf(
  part: ToolPart,
  isOpen: boolean,
): { kind: 'running' | 'done' | 'failed' | 'cut'; words: string } {
  const { decision, expiresAt } = part.approval ?? {};
  if (decision === 'declined') return { kind: 'cut', words: 'Declined' };
  if (part.state === 'output-available') {
    return { kind: 'done', words: decision === 'approved' ? 'Approved · Done' : 'Done' };
  }
  if (part.state === 'output-error') return { kind: 'failed', words: 'Failed' };
  if (isOpen) return { kind: 'running', words: 'Running…' };
  return { kind: 'cut', words: expiresAt !== undefined && !decision ? 'Not made' : 'Not finished' };
}

/** Most characters of a summary. */
const summaryCharsMax = 120;

/** The values of the input for one line: enough to tell calls apart. */
function summaryOf(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  const values = Object.values(input).filter((value) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  let charsLeft = summaryCharsMax;
  const texts = values.map((value) => {
    const text = String(value).slice(0, charsLeft);
    charsLeft -= text.length;
    return text;
  });
  return texts.filter((text) => text !== '');
}

export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(1, Math.round(ms))} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
