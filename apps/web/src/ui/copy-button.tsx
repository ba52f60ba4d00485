import { useEffect, useState, type ReactNode } from 'react';
import { Icon } from './icon.tsx';

const shownMs = 2_000;

/** Copies a text and says so for a moment. `what` names it for those who cannot see the button. */
export function CopyButton({ text, what }: { text: string; what: string }): ReactNode {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), shownMs);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  const words = { idle: `Copy ${what}`, copied: 'Copied', failed: 'Copying was refused' }[state];
  return (
    <button type="button" className="icon-button" onClick={copy} aria-label={words} title={words}>
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
    </button>
  );
}
