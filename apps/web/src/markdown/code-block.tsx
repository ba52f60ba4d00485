import { useEffect, useState, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';

/** Text that still grows is coloured once it has rested this long. */
const restMs = 120;

/** A block of code with its language, a copy button, and colours that load when they are first needed. */
export function CodeBlock({ text, language }: { text: string; language?: string | undefined }): ReactNode {
  const name = language?.split(/\s/)[0] ?? '';
  const html = useHighlighted(text, name);
  return (
    <figure className="code-block">
      <figcaption>
        <span>{name || 'text'}</span>
        <CopyButton text={text} what="code" />
      </figcaption>
      <pre tabIndex={0} aria-label={name ? `${name} code` : 'code'}>
        {html === undefined ? (
          <code>{text}</code>
        ) : (
          // The highlighter escapes all of the text; what it adds is spans with a class.
          <code dangerouslySetInnerHTML={{ __html: html }} />
        )}
      </pre>
    </figure>
  );
}

function useHighlighted(text: string, language: string): string | undefined {
  const [done, setDone] = useState<{ text: string; html: string }>();
  useEffect(() => {
    if (language === '') return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void import('./highlight.ts').then(({ highlight }) => {
        const html = highlight(text, language);
        if (isCurrent && html !== undefined) setDone({ text, html });
      });
    }, restMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text, language]);
  return done?.text === text ? done.html : undefined;
}
