const prefix = 'parley:draft:';

/** Where a draft is kept: at a place (a session, or a new chat of an app), for one user of this browser. */
export function draftPlace(user: { sub: string }, place: string): string {
  return `${user.sub}:${place}`;
}

/** What was being written at a place before the page was left. */
export function readDraft(place: string): string {
  return localStorage.getItem(prefix + place) ?? '';
}

export function keepDraft(place: string, text: string): void {
  try {
    if (text.trim() === '') localStorage.removeItem(prefix + place);
    else localStorage.setItem(prefix + place, text);
  } catch {
    // The storage is full or closed: the text stays on the page for as long as that is open.
  }
}

/** Forgets what everybody was writing at this browser. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
}

/** Two texts of the user's as one; neither may be lost. */
export function joined(first: string, second: string): string {
  return [first, second].filter((text) => text.trim() !== '').join('\n\n');
}
