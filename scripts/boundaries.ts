/** `pnpm boundaries`: checks who depends on whom. Exits 1 and prints one line per breach. */
import { boundaryBreaches } from './boundary-check.ts';
import { readWorkspaces } from './workspaces.ts';

const workspaces = await readWorkspaces(new URL('..', import.meta.url));
const breaches = boundaryBreaches(workspaces);
for (const breach of breaches) console.error(breach);
console.log(`boundaries: ${workspaces.length} workspaces, ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;
