import { join } from 'node:path';
import { start } from '../system/running-start.ts';
import { copyWorkspace } from '../workspace/workspace-copy.ts';
import { startScriptedModel } from './scripted-model.ts';
import { addReaderApp } from './reader-app.ts';
import { addWriterApp } from './writer-app.ts';

/** The whole system with its site, as a user has it: chat apps of the demo model, and one that a scripted model answers. */
export interface RunningSite {
  url: string;
  /** Folder of the built site. */
  dist: string;
  stop(): Promise<void>;
}

export async function startSite(): Promise<RunningSite> {
  const model = await startScriptedModel();
  const copy = await copyWorkspace();
  await addWriterApp(copy.root, model.baseUrl);
  await addReaderApp(copy.root);
  const running = await start(copy);
  return {
    url: running.url,
    dist: join(copy.root, 'apps/web/dist'),
    stop: async () => {
      await running.stop();
      await model.close();
      await copy.dispose();
    },
  };
}
