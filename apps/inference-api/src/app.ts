import type { ModelOptions } from '@parley/agent/models';
import type { ToolInvoker } from '@parley/agent/tools';
import type { Budget, ModelSettings } from '@parley/contract/model';
import { routes } from '@parley/contract/routes';
import { createLog, type Log } from '@parley/service/log';
import { createService, type Service } from '@parley/service/server';
import { signIn, type SignInOptions } from '@parley/service/sign-in';
import type { Attachments } from '@parley/session-files/attachments';
import type { KeepLargeOutput } from '@parley/session-files/outputs';
import type { CatalogStore } from '@parley/store/catalog';
import type { Clock } from '@parley/store/clock';
import type { ConversationStore, Run } from '@parley/store/conversations';
import type { RunLog } from '@parley/store/run-log';
import { createRunReader } from '@parley/store/run-reader';
import { createBatchWindow } from '@parley/store/run-writer';
import { createRunHost } from './runs/host.ts';
import { addRunRoutes } from './runs/routes.ts';
import { createRunStarter } from './runs/start.ts';
import type { SessionPollerOptions } from './sessions/poller.ts';
import { addSessionRoutes } from './sessions/routes.ts';
import { createSessionWatcher } from './sessions/watcher.ts';
import type { EventStreamTimes } from './sse/event-stream.ts';

export interface InferenceApiOptions {
  signIn: SignInOptions;
  catalog: Pick<CatalogStore, 'getLive'>;
  conversations: ConversationStore;
  runLog: RunLog;
  tools: ToolInvoker;
  keepLargeOutput: KeepLargeOutput;
  attachments: Attachments;
  /** What agents without a model of their own use. */
  model: ModelSettings;
  /** The bounds of every run. */
  budget: Budget;
  modelOptions?: ModelOptions;
  /** Seconds open runs have to end when the service stops; then they are interrupted. Default 25. */
  stopSeconds?: number;
  /** Heartbeats and patience of event streams. */
  times?: EventStreamTimes;
  /** How often watched sessions are looked at. */
  sessionPolls?: Pick<SessionPollerOptions, 'openPollMs' | 'idlePollMs'>;
  log?: Log;
  /** Time, for leases and batches. Default: the system's. */
  clock?: Clock;
}

const name = 'inference-api';

/** Creates the service that runs agents and streams their answers. Nothing runs until it listens. */
export function createInferenceApi(options: InferenceApiOptions): Service {
  const { conversations, catalog, runLog, times = {}, stopSeconds, clock } = options;
  const log = options.log ?? createLog({ fields: { service: name } });
  const reader = createRunReader({ log: runLog, runs: conversations, ...(clock && { clock }) });
  const watcher = createSessionWatcher({ conversations, log, ...options.sessionPolls });
  const onChange = ({ owner, sessionId }: Run) => watcher.nudge(owner, sessionId);
  const host = createRunHost({
    ...options,
    reader,
    log,
    window: createBatchWindow(),
    resolveAgent: async (id) => {
      const agent = await catalog.getLive('agent', id);
      return agent?.enabled ? agent.definition : undefined;
    },
    onEnded: onChange,
  });
  const startRun = createRunStarter({ ...options, host });

  const service = createService({
    name,
    healthPath: routes.inferenceHealth,
    log,
    ...(stopSeconds !== undefined && { stopSeconds }),
    onStop: (timeIsUp) => host.drain(timeIsUp),
  });
  const { app, stopping } = service;
  app.use('/inference/*', signIn(options.signIn));
  addRunRoutes(app, { conversations, runLog, reader, host, startRun, onChange, stopping, times });
  addSessionRoutes(app, { conversations, watcher, stopping, times });
  return service;
}
