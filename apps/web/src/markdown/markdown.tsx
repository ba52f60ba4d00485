import type { Token, Tokens } from 'marked';
import { createContext, memo, use, useMemo, type ReactNode } from 'react';
import { blocksIn } from './blocks.ts';
import { CodeBlock } from './code-block.tsx';
import { decodeEntities } from './entities.ts';
import { Inline } from './inline.tsx';
import './markdown.css';

/**
 * A model's markdown as elements; never as HTML. Only blocks whose source changed are made again. What nests too deep
 * to be drawn is shown as the text it is.
 */
export function Markdown({ text }: { text: string }): ReactNode {
  const blocks = useMemo(() => blocksIn(text), [text]);
  if (!blocks) return <PlainText text={text} />;
  return (
    <HighestHeading value={highestHeading(blocks)}>
      <div className="markdown">
        {blocks.map((token, i) => (
          <Block key={i} token={token} raw={token.raw} />
        ))}
      </div>
    </HighestHeading>
  );
}

/** A text as it stands, where an answer's markdown would be. */
export function PlainText({ text }: { text: string }): ReactNode {
  return (
    <div className="markdown plain" dir="auto">
      {text}
    </div>
  );
}

function highestHeading(blocks: readonly Token[]): number {
  return blocks.reduce(
    (highest, token) =>
      token.type === 'heading' ? Math.min(highest, (token as Tokens.Heading).depth) : highest,
    6,
  );
}

/** Depth of the highest heading of the answer. */
const HighestHeading = createContext(1);

const Block = memo(
  ({ token }: { token: Token; raw: string }) => <BlockToken token={token} dir="auto" />,
  (before, after) => before.raw === after.raw && before.token.type === after.token.type,
);

/** Each block of an answer runs as its own first word does, and what is in it as the block. */
type Direction = 'auto' | undefined;

function BlockToken({ token, dir }: { token: Token; dir?: Direction }): ReactNode {
  switch (token.type) {
    case 'paragraph':
      return (
        <p dir={dir}>
          <Inline tokens={token.tokens} />
        </p>
      );
    case 'heading':
      return <Heading heading={token as Tokens.Heading} dir={dir} />;
    case 'code':
      return <CodeBlock text={token['text'] as string} language={(token as Tokens.Code).lang} />;
    case 'list':
      return <List list={token as Tokens.List} dir={dir} />;
    case 'blockquote':
      return <blockquote dir={dir}>{blocksOf(token.tokens)}</blockquote>;
    case 'table':
      return <Table table={token as Tokens.Table} dir={dir} />;
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
      return null;
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : decodeEntities(token['text'] as string);
    default:
      return <p dir={dir}>{token.raw}</p>;
  }
}

function blocksOf(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, i) => <BlockToken key={i} token={token} />);
}

/** The highest heading of an answer comes right below the page's own, whatever its depth in the source. */
function Heading({ heading, dir }: { heading: Tokens.Heading; dir: Direction }): ReactNode {
  const highest = use(HighestHeading);
  const Tag = (['h2', 'h3', 'h4', 'h5', 'h6'] as const)[heading.depth - highest] ?? 'h6';
  return (
    <Tag dir={dir}>
      <Inline tokens={heading.tokens} />
    </Tag>
  );
}

function List({ list, dir }: { list: Tokens.List; dir: Direction }): ReactNode {
  const items = list.items.map((item, i) => (
    <li key={i} className={item.task ? 'task' : undefined}>
      {item.task && (
        <input
          type="checkbox"
          checked={item.checked ?? false}
          disabled
          aria-label={item.checked ? 'done' : 'to do'}
        />
      )}
      {blocksOf(item.tokens.filter(({ type }) => type !== 'checkbox'))}
    </li>
  ));
  if (!list.ordered) return <ul dir={dir}>{items}</ul>;
  return (
    <ol start={list.start === '' ? 1 : list.start} dir={dir}>
      {items}
    </ol>
  );
}

function Table({ table, dir }: { table: Tokens.Table; dir: Direction }): ReactNode {
  const cells = (row: readonly Tokens.TableCell[], Tag: 'th' | 'td') =>
    row.map((cell, i) => (
      <Tag
        key={i}
        className={cell.align ? `align-${cell.align}` : undefined}
        scope={Tag === 'th' ? 'col' : undefined}
      >
        <Inline tokens={cell.tokens} />
      </Tag>
    ));
  return (
    <div className="table-scroll" role="region" aria-label="Table" tabIndex={0}>
      <table dir={dir}>
        <thead>
          <tr>{cells(table.header, 'th')}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>{cells(row, 'td')}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
