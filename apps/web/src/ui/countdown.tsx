import type { ReactNode } from 'react';

/** How long something takes yet. For the eye alone: a screen reader would say every second of it. */
export function Countdown({ seconds }: { seconds: number }): ReactNode {
  return seconds === 0 ? null : <span aria-hidden="true"> in {durationText(seconds)}</span>;
}

function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
