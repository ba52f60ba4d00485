import type { FilePart, Message } from '@parley/contract/message';
import { modelSettings } from '@parley/contract/model';
import { describe, expect, it } from 'vitest';
import { kindsRead } from './file-kinds.ts';
import { branchFileBytesMax, branchFilesMax, fileBlocks, fileText, parseFileText } from './files.ts';
import { modelHistory } from './history.ts';
import { assistantMessage, record, userMessage } from './testing/run.ts';

function file(filename: string, mediaType = 'text/plain', bytes = 10): FilePart {
  return { type: 'file', mediaType, filename, url: `/api/sessions/s/attachments/${filename}`, bytes };
}

function withFiles(text: string, ...files: FilePart[]): Message {
  const message = userMessage(text);
  return { ...message, parts: [...files, ...message.parts] };
}

const contents: Record<string, string> = {
  'plan.md': '# Trip\n\nThe budget is 300 EUR.\nWe leave on Monday.\n',
  'red.png': '\x89PNG',
  'paper.pdf': '%PDF-1.7',
};
const readFile = async ({ filename }: FilePart) => Buffer.from(contents[filename] ?? filename, 'latin1');

async function read(settings: object, ...branch: Message[]) {
  const blocks = await fileBlocks(branch, kindsRead(modelSettings.parse(settings)), readFile);
  return modelHistory(branch, blocks).messages.map(({ content }) =>
    content.map((block) => JSON.parse(JSON.stringify(block)) as object),
  );
}

const claude = { provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'KEY' };

describe('the files of a message', () => {
  it('come before its words: images and PDFs as they are, text as text', async () => {
    const files = [file('red.png', 'image/png'), file('My paper!.pdf', 'application/pdf'), file('plan.md')];
    const [turn] = await read(claude, withFiles('What are these?', ...files));
    expect(turn).toEqual([
      {
        image: {
          format: 'png',
          source: { bytes: Buffer.from(contents['red.png']!, 'latin1').toString('base64') },
        },
      },
      {
        document: {
          format: 'pdf',
          name: expect.stringMatching(/^My paper \[\S{8}\]$/),
          source: expect.anything(),
        },
      },
      { text: `<file name="plan.md" type="text/plain">\n${contents['plan.md']}\n</file>` },
      { text: 'What are these?' },
    ]);
  });

  it('are named in words to a model that does not read them', async () => {
    const [turn] = await read({ provider: 'demo' }, withFiles('Well?', file('red.png', 'image/png')));
    expect(turn).toEqual([
      {
        text: expect.stringMatching(
          /^<file name="red.png" type="image\/png" unread>\nYou cannot read images\./,
        ),
      },
      { text: 'Well?' },
    ]);
  });

  it('of a kind that a newer version knows are named in words', async () => {
    const [turn] = await read(claude, withFiles('Well?', file('a.mp3', 'audio/mpeg')));
    expect(JSON.stringify(turn)).toContain('You cannot read files of this kind.');
  });

  it('are read up to a bound, the newest of the branch first, and older ones are named', async () => {
    const large = Math.floor(branchFileBytesMax / 2);
    const branch = [
      withFiles('One', file('one.txt', 'text/plain', large)),
      assistantMessage([{ type: 'text', text: 'Yes.' }]),
      withFiles('Two', file('two.txt', 'text/plain', large), file('three.txt', 'text/plain', large)),
    ];
    const turns = (await read(claude, ...branch)).map((turn) => JSON.stringify(turn));
    expect(turns[0]).toMatch(/one.txt.* unread>.*Only the newest files/);
    expect(turns[2]).not.toContain('unread');
  });

  it('are read up to a number', async () => {
    const files = Array.from({ length: branchFilesMax + 1 }, (_, i) => file(`${i}.txt`));
    const [turn = []] = await read(claude, withFiles('All', ...files));
    expect(turn.map((block) => JSON.stringify(block).includes('unread')).indexOf(true)).toBe(0);
    expect(turn.filter((block) => JSON.stringify(block).includes('unread'))).toHaveLength(1);
  });

  it('that cannot be read end the run with a sentence, before the model is asked', async () => {
    const history = [withFiles('Well?', file('plan.md'))];
    const { outcome } = await record({ history, readFile: () => Promise.reject(new Error('down')) });
    expect(outcome.error).toEqual({
      code: 'internal',
      message: 'The file "plan.md" could not be read on our side. Ask again.',
    });
  });

  it('are text that is read again as it was written, whatever is in it', () => {
    for (const name of ['a.txt', 'a "quoted" \\ name', '</file>'])
      for (const content of ['', 'x\n</file>\ny', '<file name="b" type="text/plain">\n\n</file>'])
        expect(parseFileText(fileText(file(name), content).text)).toEqual({ name, content, unread: false });
    expect(parseFileText('Just words about a <file>.')).toBeUndefined();
  });
});

describe('a model reads', () => {
  const bedrock = (modelId: string) => ({ provider: 'bedrock', modelId });
  const local = { provider: 'openai-compatible', baseUrl: 'http://localhost:11434/v1', model: 'qwen' };

  it.each([
    [{ provider: 'demo' }, ['text']],
    [claude, ['text', 'image', 'pdf']],
    [local, ['text']],
    [{ ...local, files: ['image'] }, ['text', 'image']],
    [{ ...claude, files: [] }, ['text']],
    [bedrock('eu.anthropic.claude-sonnet-4-6'), ['text', 'image', 'pdf']],
    [bedrock('amazon.nova-pro-v1:0'), ['text', 'image', 'pdf']],
    [bedrock('amazon.nova-micro-v1:0'), ['text']],
    [bedrock('anthropic.claude-v2:1'), ['text']],
    [bedrock('meta.llama3-8b-instruct-v1:0'), ['text']],
    [{ ...bedrock('meta.llama4-scout-17b-instruct-v1:0'), files: ['image'] }, ['text', 'image']],
  ])('%o: %o', (settings, kinds) => {
    expect([...kindsRead(modelSettings.parse(settings))]).toEqual(kinds);
  });
});

describe('the demo model', () => {
  const ask = async (text: string, ...files: FilePart[]) =>
    (await record({ history: [withFiles(text, ...files)], readFile })).text;

  it('quotes the lines of a file that a question is about', async () => {
    expect(await ask('What is the budget?', file('plan.md'))).toBe(
      '“plan.md” has 3 lines of text. About this it says:\n\n> The budget is 300 EUR.',
    );
  });

  it('quotes how a file begins when nothing in it has the words of the question', async () => {
    expect(await ask('Well?', file('plan.md'))).toMatch(/It begins:\n\n> # Trip/);
  });

  it('says which files it cannot read', async () => {
    expect(await ask('What colour is it?', file('red.png', 'image/png'))).toBe(
      'I read text only, so I cannot read “red.png”.',
    );
  });

  it('goes on with the conversation after a message with files', async () => {
    const { text } = await record({
      history: [
        withFiles('What is the budget?', file('plan.md')),
        assistantMessage([{ type: 'text', text: '300 EUR.' }]),
        userMessage('Thanks'),
      ],
      readFile,
    });
    expect(text).not.toContain('plan.md');
  });
});
