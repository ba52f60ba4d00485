import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessTests } from './access-tests.ts';
import { approvalTests } from './approval-tests.ts';
import { chatTests } from './chat-tests.ts';
import { draftTests } from './draft-tests.ts';
import { chromiumPath, mustTest } from './env.ts';
import { feedbackTests } from './feedback-tests.ts';
import { fileTests } from './file-tests.ts';
import { longChatTests } from './long-chat-tests.ts';
import { launch, Person } from './person.ts';
import { startSite, type RunningSite } from './site.ts';
import { progressTests } from './progress-tests.ts';
import { tabTests } from './tab-tests.ts';
import { unforeseenTests } from './unforeseen-tests.ts';
import { weightTests } from './weight-tests.ts';

// Where there is none, the skipped title says so; in CI it fails instead.
test.skipIf(chromiumPath === undefined && !mustTest)(
  'there is a Chromium to test with (on Debian: apt-get install chromium; else name it in CHROMIUM_PATH)',
  () => expect(chromiumPath).toBeDefined(),
);

describe.skipIf(chromiumPath === undefined)('the site in a browser', () => {
  let site: RunningSite;
  let browser: Browser;
  let people = 0;

  beforeAll(async () => {
    [site, browser] = await Promise.all([startSite(), launch()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  }, 60_000);

  const world: World = {
    site: () => site,
    somebody: async (options) => {
      const person = await Person.arrive(browser, site.url, `person-${++people}`, options);
      onTestFinished(() => person.leave());
      return person;
    },
    stranger: async () => {
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      return page;
    },
  };
  describe('chatting', () => {
    chatTests(world);
  });
  describe('keeping what somebody writes', () => {
    draftTests(world);
  });
  describe('waiting for a tool', () => {
    progressTests(world);
  });
  describe('attaching files', () => {
    fileTests(world);
  });
  describe('saying what one thinks of an answer', () => {
    feedbackTests(world);
  });
  describe('with long chats and failures', () => {
    longChatTests(world);
  });
  describe('with tools that ask first', () => {
    approvalTests(world);
  });
  describe('with many tabs', () => {
    tabTests(world);
  });
  describe('for everybody', () => {
    accessTests(world);
  });
  describe('with what nobody foresaw', () => {
    unforeseenTests(world);
  });
  describe('weight', () => {
    weightTests(world);
  });
});

/** What the tests share: one running site, and as many people before it as they need. */
export interface World {
  site(): RunningSite;
  /** Somebody new who has signed in. */
  somebody(options?: Parameters<typeof Person.arrive>[3]): Promise<Person>;
  /** A page of nobody, at no place yet. */
  stranger(): ReturnType<Browser['newPage']>;
}
