import type { Person } from './person.ts';
import { chatStates } from './states/chat-states.ts';
import { fileStates } from './states/file-states.ts';
import { listStates } from './states/list-states.ts';
import { loadingStates } from './states/loading-states.ts';
import { troubleStates } from './states/trouble-states.ts';

/** A state of the site worth looking at. */
export interface SiteState {
  name: string;
  /** Comes from the state before it in the list. */
  show(person: Person): Promise<void>;
}

const siteStates = [...loadingStates, ...chatStates, ...fileStates, ...troubleStates, ...listStates];

/**
 * Brings somebody at the home page through every state of the site: what the gallery shows is what is checked for
 * accessibility.
 */
export async function visitStates(person: Person, look: (name: string) => Promise<void>): Promise<void> {
  for (const { name, show } of siteStates) {
    await show(person);
    await look(name);
    await person.page.unrouteAll({ behavior: 'ignoreErrors' });
  }
}
