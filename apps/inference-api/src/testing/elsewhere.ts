import { randomUUID } from 'node:crypto';
import { startIds, type Run } from '@parley/store/conversations';
import type { World } from './world.ts';

/** A run of alice's that another process has started; the test is its writer. */
export async function startElsewhere(world: World): Promise<Run> {
  const session = await world.createSession();
  const ids = startIds(session.id, randomUUID());
  const { run } = await world.conversations.startRun({
    owner: 'alice',
    session,
    runId: ids.runId,
    bodyHash: 'hash',
    userMessage: { id: ids.userMessageId, parentId: null, text: 'Tell me more than I can take.' },
    answer: { id: ids.messageId, parentId: ids.userMessageId },
    writerId: 'elsewhere',
  });
  return run;
}
