import type { ReactNode } from 'react';
import { badgeOf } from './badge.ts';

interface AppIconProps {
  /** An emoji or a short text. */
  icon: string;
  size?: 'small' | 'large' | undefined;
}

/** A chat app's sign, in a square of one size whatever it is. */
export function AppIcon({ icon, size }: AppIconProps): ReactNode {
  const { text, isWord } = badgeOf(icon);
  const names = ['app-icon', size, isWord && 'word'].filter(Boolean);
  return (
    <span className={names.join(' ')} aria-hidden="true">
      {text}
    </span>
  );
}
