import type { ReactNode } from 'react';

/** Strokes on a 24 × 24 grid. */
const paths = {
  plus: 'M12 5v14M5 12h14',
  menu: 'M4 7h16M4 12h16M4 17h10',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  pencil: 'M4 20l1-4L16.5 4.5l3 3L8 19l-4 1zM14 7l3 3',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  retry: 'M20 12a8 8 0 1 1-2.5-5.800M20 4v4.5h-4.5',
  compact: 'M12 3.5v6M9 7l3 3 3-3M12 20.5v-6M9 17l3-3 3 3M5 12h14',
  left: 'M14.5 6l-6 6 6 6',
  right: 'M9.5 6l6 6-6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  chevron: 'M6 9.5l6 6 6-6',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  screen: 'M4 5h16v11H4zM9 20h6M12 16v4',
  tool: 'M14.5 6.5a4 4 0 0 1 5-1l-2.700 2.700 1.5 1.5L21 7a4 4 0 0 1-5.5 5L8 19.5A2.100 2.100 0 0 1 5 16.5L12.5 9a4 4 0 0 1 2-2.5z',
  alert: 'M12 8v5M12 16.5v.01M12 3.5l9 16H3z',
  out: 'M14 4H5v16h9M10 12h11M17.5 8.5L21 12l-3.5 3.5',
  clip: 'M19 11.5l-7.500 7.500a4.500 4.500 0 0 1-6.500-6.500L13.500 4.500a3 3 0 0 1 4.300 4.300L9.500 17a1.500 1.500 0 0 1-2.100-2.100L14.500 8',
  file: 'M6 3.500h8l4.500 4.500v12.500H6zM14 3.500V8h4.500',
  'thumb-up':
    'M7 11v9H4v-9zM7 11l4-7.500a2 2 0 0 1 2 2V10h5.500a1.500 1.500 0 0 1 1.500 1.800l-1.300 7a1.500 1.500 0 0 1-1.500 1.200H7',
  'thumb-down':
    'M7 13V4H4v9zM7 13l4 7.500a2 2 0 0 0 2-2V14h5.500a1.500 1.500 0 0 0 1.500-1.800l-1.300-7a1.500 1.500 0 0 0-1.500-1.200H7',
} as const;
export type IconName = keyof typeof paths;

/** A picture beside or inside something that has words of its own. */
export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
