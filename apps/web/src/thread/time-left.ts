import { useEffect, useState } from 'react';

/** How often what is left is shown anew, in milliseconds. */
const stepMs = 30_000;

/** Milliseconds until an ISO time, 0 once it is past; grows less while it is shown. */
export function useTimeLeft(until: string): number {
  const end = Date.parse(until);
  const [now, setNow] = useState(() => Date.now());
  const left = Number.isNaN(end) ? 0 : Math.max(0, end - now);
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(stepMs, left));
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}

/** "You can answer for another 23 h 59 min." */
export function timeLeftText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  const parts =
    days > 0
      ? [`${days} d`, hours > 0 ? `${hours} h` : '']
      : [hours > 0 ? `${hours} h` : '', minutes % 60 > 0 ? `${minutes % 60} min` : ''];
  const words = parts.filter((part) => part !== '').join(' ');
  return `You can answer for ${words === '' ? 'less than a minute' : `another ${words}`}.`;
}
