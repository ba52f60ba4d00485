import type { Token, Tokens } from 'marked';
import type { ReactNode } from 'react';
import { decodeEntities } from './entities.ts';
import { safeLink } from './safe-link.ts';

/** Running text: emphasis, code, links. HTML is shown as the text it is. */
export function Inline({ tokens }: { tokens: readonly Token[] | undefined }): ReactNode {
  return tokens?.map((token, i) => <InlineToken key={i} token={token} />);
}

function InlineToken({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'strong':
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Link link={token as Tokens.Link} />;
    case 'image':
      return <BlockedImage image={token as Tokens.Image} />;
    case 'text':
    case 'escape':
      return token.type === 'text' && token.tokens ? (
        <Inline tokens={token.tokens} />
      ) : (
        decodeEntities((token as Tokens.Text).text)
      );
    default:
      return token.raw;
  }
}

function Link({ link }: { link: Tokens.Link }): ReactNode {
  const href = safeLink(link.href);
  const words = <Inline tokens={link.tokens} />;
  if (href === undefined) return words;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {words}
    </a>
  );
}

/**
 * A picture's address can carry what was said to whoever owns it, so none is ever fetched: the
 * reader may follow the address.
 */
function BlockedImage({ image }: { image: Tokens.Image }): ReactNode {
  const href = safeLink(image.href);
  const words = `Image not loaded${image.text ? `: ${decodeEntities(image.text)}` : ''}`;
  if (href === undefined) return <span className="blocked-image">{words}</span>;
  return (
    <a className="blocked-image" href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {words} ({new URL(href).host})
    </a>
  );
}
