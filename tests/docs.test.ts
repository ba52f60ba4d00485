import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Every `pnpm …` command of the text: the name of the script it runs. */
function scriptsIn(text: string): string[] {
  return [...text.matchAll(/(?:npx )?pnpm (?:run )?([a-z][a-z:]*)/g)].map(([, script]) => script!);
}

async function documents(): Promise<{ name: string; text: string }[]> {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  const names = ['README.md', ...docs.map((name) => `docs/${name}`)];
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })));
}

/** What runs commands: the tests of the running system and of the emulated cloud, and what CI runs. */
async function runners(): Promise<string> {
  const files = (
    await Promise.all(
      ['tests/system', 'tests/deploy', 'tests/cloud', 'tests/cloud/deploy'].map(async (folder) =>
        (await readdir(join(root, folder), { withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ name }) => join(root, folder, name)),
      ),
    )
  ).flat();
  const texts = await Promise.all([...files, join(root, '.ci/run')].map((file) => readFile(file, 'utf8')));
  return texts.join('\n');
}

test('every command that the documents name exists and is run by a test or by CI', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const ran = await runners();
  for (const { name, text } of await documents()) {
    for (const script of scriptsIn(text)) {
      expect(Object.keys(scripts), `${name} names pnpm ${script}`).toContain(script);
      // A test runs a command as a user's shell does, or without pnpm: run('deploy', …), ['stage', 'list', …].
      expect(ran, `${name} names pnpm ${script}`).toMatch(
        new RegExp(`'pnpm', \\['(run', ')?${script}'|pnpm (run )?${script}\\b|[[(,]\\s*'${script}'[,\\])]`),
      );
    }
  }
});

test('every file and folder that the documents point to exists', async () => {
  for (const { name, text } of await documents()) {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
    const base = join(root, name, '..');
    for (const link of links)
      await expect(readFile(join(base, link)), `${name} points to ${link}`).resolves.toBeDefined();
  }
});

/** Every `pnpm run <command> … --option` of the text, where the command is one of `parley`. */
function commandsIn(text: string, scripts: Record<string, string>): string[][] {
  return [...text.matchAll(/pnpm run ([a-z][^`#|\n]*)/g)]
    .map(([, line]) => line!.trim().split(/\s+/))
    .filter(([script = '']) => scripts[script]?.includes('packages/cli/src/main.ts'));
}

test(
  'every option and every command of parley that the documents name is there',
  { timeout: 60_000 },
  async () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const helps = new Map<string, Promise<string>>();
    for (const { name, text } of await documents()) {
      for (const [script = '', second = '', ...rest] of commandsIn(text, scripts)) {
        const isGroup = ['stage', 'fn', 'images'].includes(script);
        const command = isGroup ? `${script} ${second}` : script;
        const help = helps.get(command) ?? helpOf(command.split(' '));
        helps.set(command, help);
        for (const option of [second, ...rest].filter((word) => word.startsWith('--'))) {
          expect(await help, `${name}: pnpm run ${command} ${option}`).toMatch(new RegExp(`${option}\\b`));
        }
        expect(await help, `${name}: pnpm run ${command}`).toContain(`Usage: parley ${command}`);
      }
    }
  },
);

async function helpOf(command: string[]): Promise<string> {
  const program = join(root, 'packages/cli/src/main.ts');
  const { all } = await execa(process.execPath, [program, ...command, '--help'], {
    all: true,
    reject: false,
  });
  return all;
}
