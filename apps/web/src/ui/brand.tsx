import type { ReactNode } from 'react';
import mark from './icon.svg';

export function Brand(): ReactNode {
  return (
    <span className="brand">
      <img src={mark} alt="" width="26" height="26" />
      Parley
    </span>
  );
}
