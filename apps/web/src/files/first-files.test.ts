import { expect, test } from 'vitest';
import { FirstFiles } from './first-files.ts';
import { takeHandedOver } from './hand-over.ts';
import { unsentBecause } from './tray-state.ts';

const file = (name: string): File => new File(['words'], name);

/** A chat whose session is there when the test says so; only one is ever made at a time. */
function newChat() {
  const sessionId = crypto.randomUUID();
  const opened: string[] = [];
  let begun = Promise.withResolvers<string>();
  const tray = new FirstFiles(
    () => begun.promise,
    (id) => opened.push(id),
  );
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return {
    sessionId,
    opened,
    tray,
    names: () => tray.getSnapshot().files.map(({ name }) => name),
    begin: () => (begun.resolve(sessionId), settled()),
    fail: async () => {
      begun.reject(new Error('no line'));
      await settled();
      begun = Promise.withResolvers();
    },
  };
}

test('files are shown and hold the message from the moment they are chosen, and are handed over together', async () => {
  const { tray, names, begin, opened, sessionId } = newChat();
  tray.add([file('a.txt')]);
  tray.add([file('b.txt'), file('c.txt')]);
  expect(names()).toEqual(['a.txt', 'b.txt', 'c.txt']);
  expect(unsentBecause(tray.getSnapshot())).toContain('Uploading 3 files');
  await begin();
  expect(opened).toEqual([sessionId]);
  expect(takeHandedOver(sessionId).map(({ name }) => name)).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

test('a file that is removed meanwhile is not handed over; without any the page stays', async () => {
  const { tray, begin, opened, sessionId } = newChat();
  tray.add([file('a.txt')]);
  tray.remove(tray.getSnapshot().files[0]!.key);
  expect(tray.getSnapshot().files).toEqual([]);
  await begin();
  expect(opened).toEqual([]);
  expect(takeHandedOver(sessionId)).toEqual([]);
});

test('files stay where no session could be made, and go on when one of them is tried again', async () => {
  const { tray, names, begin, fail, opened, sessionId } = newChat();
  tray.add([file('a.txt'), file('b.txt')]);
  await fail();
  expect(tray.getSnapshot().files.map(({ state, error }) => [state, error?.isPassing])).toEqual([
    ['failed', true],
    ['failed', true],
  ]);
  tray.retry();
  expect(names()).toEqual(['a.txt', 'b.txt']);
  expect(unsentBecause(tray.getSnapshot())).toContain('Uploading 2 files');
  await begin();
  expect(opened).toEqual([sessionId]);
  expect(takeHandedOver(sessionId)).toHaveLength(2);
});

test('a message that is sent meanwhile takes the files to its session, which is opened once', async () => {
  const { tray, begin, opened, sessionId } = newChat();
  tray.add([file('a.txt')]);
  tray.handOver(sessionId);
  await begin();
  expect(opened).toEqual([]);
  expect(takeHandedOver(sessionId)).toHaveLength(1);
});
