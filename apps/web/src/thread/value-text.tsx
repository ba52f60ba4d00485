import { piecesWithCodes } from '@parley/contract/marks';
import type { ReactNode } from 'react';
import './value-text.css';

/** A text that a model or a tool wrote: what nobody would see of it is a code, and it reorders nothing round it. */
export function ForeignText({ text }: { text: string }): ReactNode {
  return <bdi>{withMarks(text)}</bdi>;
}

/** A value that a model or a tool wrote, all of it or its first `charsMax` characters; each of its texts likewise. */
export function ValueText({ value, charsMax = Infinity }: { value: unknown; charsMax?: number }): ReactNode {
  const text = textOf(value);
  const shown = text.slice(0, charsMax);
  return (
    <>
      {typeof value === 'string' ? <ForeignText text={shown} /> : <bdi dir="ltr">{jsonTexts(shown)}</bdi>}
      {shown !== text && `\n… ${text.length - charsMax} more characters`}
    </>
  );
}

/** A text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

/** Each text of the JSON is isolated: one from right to left leaves what stands next to it where it is. */
function jsonTexts(json: string): ReactNode {
  const pieces = json.split(/("(?:\\.|[^"\\])*"?)/);
  return pieces.map((piece, i) => (i % 2 === 1 ? <ForeignText key={i} text={piece} /> : piece));
}

function withMarks(text: string): ReactNode {
  const pieces = piecesWithCodes(text);
  return pieces.map((piece, i) =>
    i % 2 === 1 ? (
      <bdi key={i} dir="ltr" className="hidden-mark" title="A character that cannot be seen">
        {piece}
      </bdi>
    ) : (
      piece
    ),
  );
}
