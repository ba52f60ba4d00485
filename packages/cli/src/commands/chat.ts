import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { runningSystem } from '@parley/local/running';
import { createApiClient } from '../chat/api-client.ts';
import { openConversation, type Conversation } from '../chat/conversation.ts';
import { localSignIn } from '../chat/sign-in.ts';
import { jsonTranscript, textTranscript } from '../chat/transcript.ts';
import { UserError } from '../errors.ts';
import { workspaceRoot } from '../workspace.ts';

interface ChatOptions {
  user: string;
  url?: string;
  session?: string;
  json?: boolean;
}

/** `parley chat <app> [message]`: a chat in the terminal. */
export function chatCommand(): Command {
  return new Command('chat')
    .description(
      'chat with an app in the terminal; Ctrl-C stops the answer, Ctrl-C or Ctrl-D at the prompt leaves',
    )
    .argument('<app>', 'id of the chat app, such as weather')
    .argument('[message...]', 'say this and leave; without it, you are asked, or lines are read from a pipe')
    .option('-u, --user <name>', 'sign in as', 'you')
    .option(
      '--url <url>',
      'address of the running system (default: the one started in this folder)',
      parseUrl,
    )
    .option('--session <id>', 'go on with this session (default: a new one)')
    .option('--json', 'print one JSON object per event, for programs')
    .action(chat);
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('expected an address such as http://127.0.0.1:4747.');
}

async function chat(app: string, words: string[], { user, url, session, json }: ChatOptions): Promise<void> {
  const write = (text: string): void => void process.stdout.write(text);
  const address = url ?? (await addressOfRunning());
  const conversation = await openConversation(createApiClient(address, localSignIn(address, user)), {
    app,
    sessionId: session,
    transcript: json ? jsonTranscript(write) : textTranscript(write),
  });
  if (words.length > 0) return sayOnce(conversation, words.join(' '));
  if (!json && process.stdin.isTTY) {
    write(`Chatting with ${app} as ${user}. Session ${conversation.sessionId}. Ctrl-D leaves.\n`);
  }
  await talk(conversation, json ?? false);
}

async function addressOfRunning(): Promise<string> {
  const running = await runningSystem(join(workspaceRoot(process.cwd()), '.parley'));
  if (running) return running.url;
  throw new UserError(
    'Parley does not run in this folder. Start it in another terminal with: npx pnpm start',
  );
}

async function sayOnce(conversation: Conversation, text: string): Promise<void> {
  process.once('SIGINT', () => void conversation.stop().catch(reportLater));
  await conversation.say(text);
}

/** Reads message after message; while an answer runs, Ctrl-C stops it. */
async function talk(conversation: Conversation, json: boolean): Promise<void> {
  const interactive = process.stdin.isTTY && !json;
  const prompt = createInterface({
    input: process.stdin,
    ...(interactive ? { output: process.stdout } : {}),
    prompt: 'you › ',
  });
  let answering = false;
  const interrupt = (): void => {
    if (answering) conversation.stop().catch(reportLater);
    else prompt.close();
  };
  prompt.on('SIGINT', interrupt);
  process.on('SIGINT', interrupt);
  await eachLine(prompt, interactive, async (text) => {
    answering = true;
    await conversation.say(text).finally(() => (answering = false));
  });
  process.off('SIGINT', interrupt);
}

async function eachLine(
  prompt: Interface,
  interactive: boolean,
  say: (text: string) => Promise<void>,
): Promise<void> {
  if (interactive) prompt.prompt();
  for await (const line of prompt) {
    if (line.trim()) await say(line.trim());
    if (interactive) prompt.prompt();
  }
  if (interactive) process.stdout.write('\n');
}

function reportLater(error: unknown): void {
  process.stderr.write(
    `  ! could not stop the answer: ${error instanceof Error ? error.message : String(error)}\n`,
  );
}
