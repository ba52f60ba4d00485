import { useState, type ReactNode } from 'react';
import { Brand } from '../ui/brand.tsx';
import type { SignIn } from './sign-in.ts';
import './sign-in.css';

/** What somebody sees who is not signed in. */
export function SignInPage({ signIn, problem }: { signIn: SignIn; problem: string | undefined }): ReactNode {
  const [isLeaving, setLeaving] = useState(false);
  const [failure, setFailure] = useState(problem);
  const begin = (): void => {
    setLeaving(true);
    signIn.begin().catch((error: unknown) => {
      setLeaving(false);
      setFailure(error instanceof Error ? error.message : String(error));
    });
  };
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Brand />
        <h1>Good to see you</h1>
        <p>Sign in to chat. Your conversations are kept, and go on where you left them.</p>
        {failure && (
          <p className="form-problem" role="alert">
            {failure}
          </p>
        )}
        <button type="button" className="button primary wide" onClick={begin} disabled={isLeaving}>
          {isLeaving ? 'Opening the sign-in page…' : 'Sign in'}
        </button>
      </div>
    </main>
  );
}
