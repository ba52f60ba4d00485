import type { BudgetMeter } from './budget.ts';
import type { OnProgress } from './call-progress.ts';
import { RunEvents } from './run-events.ts';

/**
 * The events of an agent that works out of the user's sight: the text of its last step is kept, and the run that it
 * works for is told its waits and what it used, and `onProgress` what its tools say of how far they are.
 */
export function quietEvents(
  run: { events: RunEvents; meter: BudgetMeter },
  onProgress: OnProgress = () => undefined,
): { events: RunEvents; text: () => string } {
  let text = '';
  const events = new RunEvents(async (event) => {
    if (event.type === 'start-step') text = '';
    if (event.type === 'text-delta') text += event.delta;
    if (event.type === 'data-tool-progress' && event.data.text) onProgress({ text: event.data.text });
    if (event.type === 'message-metadata') await run.events.usage(run.meter.usage);
    if (event.type === 'data-notice')
      await run.events.notice(event.data.code, event.data.message, event.data.retryAfterSeconds);
  });
  return { events, text: () => text };
}
