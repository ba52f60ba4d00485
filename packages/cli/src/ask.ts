import { createInterface } from 'node:readline/promises';

/** Asks at the terminal; anything but yes is no, and so is Ctrl-C. */
export async function askYesNo(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}

/** Asks at the terminal for a line; empty on Ctrl-C or Ctrl-D. */
export async function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const stop = new AbortController();
  prompt.once('SIGINT', () => stop.abort());
  prompt.once('close', () => stop.abort());
  try {
    return (await prompt.question(question, { signal: stop.signal })).trim();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stdout.write('\n');
    return '';
  } finally {
    prompt.close();
  }
}
