import { useEffect, useState, type ReactNode } from 'react';
import { createApiClient } from '../api/client.ts';
import { asApiError } from '../api/errors.ts';
import { createOutbox } from '../conversation/outbox.ts';
import { createPresence } from '../conversation/presence.ts';
import { createDeletions } from '../sessions/deletions.ts';
import { SessionList } from '../sessions/session-list.ts';
import { SignIn } from '../sign-in/sign-in.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { Problem } from '../ui/problem.tsx';
import { readSiteConfig } from './config.ts';
import { ServicesContext, type Services } from './services.ts';
import { Shell } from './shell.tsx';

type SiteState =
  | { step: 'loading' }
  | { step: 'signed-out'; signIn: SignIn; problem?: string | undefined }
  | { step: 'ready'; services: Services }
  | { step: 'failed'; message: string };

/** The whole site: reads its configuration, signs the user in, then shows the pages. */
export function Site(): ReactNode {
  const [state, setState] = useState<SiteState>({ step: 'loading' });
  const load = (): void => {
    setState({ step: 'loading' });
    begin(setState).catch((error: unknown) => {
      setState({ step: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  };
  useEffect(load, []);

  switch (state.step) {
    case 'loading':
      return <div className="page-loading" role="status" aria-label="Loading" />;
    case 'signed-out':
      return <SignInPage signIn={state.signIn} problem={state.problem} />;
    case 'failed':
      return (
        <main className="page-centre">
          <Problem title="The site could not be opened" message={state.message} onRetry={load} />
        </main>
      );
    case 'ready':
      return (
        <ServicesContext value={state.services}>
          <Shell />
        </ServicesContext>
      );
  }
}

async function begin(setState: (state: SiteState) => void): Promise<void> {
  const signIn = new SignIn(await readSiteConfig());
  const problem = await signIn.finish();
  if (!signIn.isSignedIn) return setState({ step: 'signed-out', signIn, problem });
  signIn.onSignedOut = () => setState({ step: 'signed-out', signIn });
  const api = createApiClient(signIn);
  const services = {
    api,
    signIn,
    list: new SessionList(api, createDeletions(sessionStorage)),
    outbox: createOutbox(sessionStorage),
    presence: createPresence(document),
  };
  setState({ step: 'ready', services });
  try {
    const [me, chatApps] = await Promise.all([api.me(), api.chatApps()]);
    setState({ step: 'ready', services: { ...services, me, chatApps } });
  } catch (error) {
    if (asApiError(error).status !== 401) throw error;
    setState({ step: 'signed-out', signIn });
  }
}
