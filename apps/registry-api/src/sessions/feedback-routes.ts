import { feedbackBody, type Feedback } from '@parley/contract/feedback';
import { routePattern } from '@parley/contract/routes';
import type { Session } from '@parley/contract/session';
import { readJson } from '@parley/service/input';
import type { LogFields } from '@parley/service/log';
import type { ServiceEnv } from '@parley/service/service-env';
import type { ConversationStore, FeedbackChange, RatedAnswer } from '@parley/store/conversations';
import type { Context, Hono } from 'hono';
import { messageId, sessionId } from './path-ids.ts';

export interface FeedbackRoutesOptions {
  conversations: Pick<ConversationStore, 'ownedSession' | 'giveFeedback' | 'withdrawFeedback'>;
}

/** What a user thinks of an answer: given, changed and withdrawn; each change is one line of the log. */
export function addFeedbackRoutes(app: Hono<ServiceEnv>, { conversations }: FeedbackRoutesOptions): void {
  async function ratedAnswer(c: Context<ServiceEnv>): Promise<RatedAnswer> {
    const { sub: owner } = c.get('user');
    const session = await conversations.ownedSession(owner, sessionId(c));
    return { owner, session, messageId: messageId(c) };
  }

  app.put(routePattern('feedback'), async (c) => {
    const at = await ratedAnswer(c);
    const change = await conversations.giveFeedback(at, await readJson(c, feedbackBody));
    const { before, feedback } = change;
    c.get('log').info(before.feedback ? 'feedback changed' : 'feedback given', about(at.session, change));
    return c.json(feedback satisfies Feedback);
  });

  app.delete(routePattern('feedback'), async (c) => {
    const at = await ratedAnswer(c);
    const change = await conversations.withdrawFeedback(at);
    if (change.before.feedback) c.get('log').info('feedback withdrawn', about(at.session, change));
    return c.body(null, 204);
  });
}

/** What operators count by. A comment is the user's own words: that there is one is told, never what it says. */
function about({ id, app }: Session, { before, feedback = before.feedback }: FeedbackChange): LogFields {
  return {
    app,
    sessionId: id,
    messageId: before.id,
    runId: before.runId,
    model: before.model,
    rating: feedback?.rating,
    hasComment: feedback?.comment !== undefined,
  };
}
