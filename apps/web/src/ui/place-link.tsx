import type { AnchorHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react';
import { goTo, pathTo, type Place } from '../site/location.ts';

interface PlaceLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: Place;
  ref?: Ref<HTMLAnchorElement>;
}

/** A link within the site: a real one, so that it opens in another tab too. */
export function PlaceLink({ to, onClick, children, ...rest }: PlaceLinkProps): ReactNode {
  const go = (event: MouseEvent<HTMLAnchorElement>): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    onClick?.(event);
    goTo(to);
  };
  return (
    <a {...rest} href={pathTo(to)} onClick={go}>
      {children}
    </a>
  );
}
