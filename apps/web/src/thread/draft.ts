const key = (place: string) => `parley:draft:${place}`;

/** What was being written at a place (a session, or a new chat of an app) before the page was left. */
export function readDraft(place: string): string {
  return localStorage.getItem(key(place)) ?? '';
}

export function keepDraft(place: string, text: string): void {
  if (text.trim() === '') localStorage.removeItem(key(place));
  else localStorage.setItem(key(place), text);
}
