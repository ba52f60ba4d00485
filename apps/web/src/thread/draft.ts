import type { FilePart } from '@parley/contract/message';

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

/** What is being written goes on at another place. */
export function moveDraft(from: string, to: string): void {
  keepDraft(to, readDraft(from));
  keepDraft(from, '');
}

/** The files that were beside a draft, uploaded already. */
export function readDraftFiles(place: string): FilePart[] {
  return JSON.parse(localStorage.getItem(filesKey(place)) ?? '[]') as FilePart[];
}

export function keepDraftFiles(place: string, files: readonly FilePart[]): void {
  try {
    if (files.length === 0) localStorage.removeItem(filesKey(place));
    else localStorage.setItem(filesKey(place), JSON.stringify(files));
  } catch {
    // As above.
  }
}

const filesKey = (place: string) => `${prefix}${place}:files`;

/** Forgets what everybody was writing at this browser. */
export function forgetDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
}

/** Two texts of the user's as one; neither may be lost. */
export function joined(first: string, second: string): string {
  return [first, second].filter((text) => text.trim() !== '').join('\n\n');
}
