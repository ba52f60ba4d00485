import { lexer, type Token, type Tokens } from 'marked';
import { createContext, memo, use, useMemo, type ReactNode } from 'react';
import { CodeBlock } from './code-block.tsx';
import { decodeEntities } from './entities.ts';
import { Inline } from './inline.tsx';
import './markdown.css';

/** A model's markdown as elements; never as HTML. Only blocks whose source changed are made again. */
export function Markdown({ text }: { text: string }): ReactNode {
  const blocks = useMemo(() => lexer(text, { gfm: true }), [text]);
  const highest = Math.min(
    ...blocks.map((token) => (token.type === 'heading' ? (token as Tokens.Heading).depth : 6)),
  );
  return (
    <HighestHeading value={highest}>
      <div className="markdown">
        {blocks.map((token, i) => (
          <Block key={i} token={token} raw={token.raw} />
        ))}
      </div>
    </HighestHeading>
  );
}

/** Depth of the highest heading of the answer. */
const HighestHeading = createContext(1);

const Block = memo(
  ({ token }: { token: Token; raw: string }) => <BlockToken token={token} />,
  (before, after) => before.raw === after.raw && before.token.type === after.token.type,
);

function BlockToken({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'paragraph':
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case 'heading':
      return <Heading heading={token as Tokens.Heading} />;
    case 'code':
      return <CodeBlock text={token['text'] as string} language={(token as Tokens.Code).lang} />;
    case 'list':
      return <List list={token as Tokens.List} />;
    case 'blockquote':
      return <blockquote>{blocksOf(token.tokens)}</blockquote>;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
      return null;
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : decodeEntities(token['text'] as string);
    default:
      return <p>{token.raw}</p>;
  }
}

function blocksOf(tokens: readonly Token[] | undefined): ReactNode {
  return tokens?.map((token, i) => <BlockToken key={i} token={token} />);
}

/** The highest heading of an answer comes right below the page's own, whatever its depth in the source. */
function Heading({ heading }: { heading: Tokens.Heading }): ReactNode {
  const highest = use(HighestHeading);
  const Tag = (['h2', 'h3', 'h4', 'h5', 'h6'] as const)[heading.depth - highest] ?? 'h6';
  return (
    <Tag>
      <Inline tokens={heading.tokens} />
    </Tag>
  );
}

function List({ list }: { list: Tokens.List }): ReactNode {
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
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table }: { table: Tokens.Table }): ReactNode {
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
      <table>
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
