import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PublisherWorld, config } from './testing/publisher-world.ts';

let world: PublisherWorld;
beforeEach(async () => {
  world = await PublisherWorld.start();
  await world.build('one', { 'favicon.svg': '<svg/>', 'assets/style-a.css': 'a{}' });
});
afterEach(() => world.close());

describe('a publication', () => {
  it('uploads what pages need first, then the configuration, and the page last', async () => {
    expect(await world.send('Create')).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `site/${world.s3.bucket}`,
    });
    const puts = world.takePuts();
    expect(puts.slice(0, 2).toSorted()).toEqual(['site/assets/index-one.js', 'site/assets/style-a.css']);
    expect(puts.slice(2)).toEqual([
      'site/favicon.svg',
      'releases.json',
      'site/config.json',
      'site/index.html',
    ]);
  });

  it('says what each file is and how long it may be kept', async () => {
    await world.send('Create');
    const immutable = 'public, max-age=31536000, immutable';
    expect(await world.about('site/assets/index-one.js')).toEqual({
      type: 'text/javascript; charset=utf-8',
      cache: immutable,
    });
    expect(await world.about('site/assets/style-a.css')).toEqual({
      type: 'text/css; charset=utf-8',
      cache: immutable,
    });
    expect(await world.about('site/favicon.svg')).toEqual({ type: 'image/svg+xml', cache: 'no-cache' });
    expect(await world.about('site/index.html')).toEqual({
      type: 'text/html; charset=utf-8',
      cache: 'no-cache',
    });
    expect(await world.about('site/config.json')).toEqual({ type: 'application/json', cache: 'no-cache' });
  });

  it('tells the page what the stack says, and what the place adds', async () => {
    await world.send('Create');
    expect(JSON.parse((await world.read('site/config.json')) ?? '')).toEqual(config);
    const { site } = world;
    world.site = () => ({ ...site(), metadataUrl: '/local/metadata' });
    await world.send('Update', { physicalResourceId: `site/${world.s3.bucket}` });
    expect(JSON.parse((await world.read('site/config.json')) ?? '')).toEqual({
      ...config,
      metadataUrl: '/local/metadata',
    });
  });

  it('leaves out what a build keeps for itself, but not well-known addresses', async () => {
    await world.build('one', {
      '.vite/manifest.json': '{}',
      'assets/.DS_Store': '',
      '.well-known/security.txt': 'Contact: mailto:security@example.org',
    });
    await world.send('Create');
    expect((await world.keys()).filter((key) => key.includes('/.'))).toEqual([
      'site/.well-known/security.txt',
    ]);
  });

  it('that is cut before the page is switched leaves the old page, and all it needs', async () => {
    await world.send('Create');
    const page = await world.read('site/index.html');
    await world.build('two');
    world.s3.faults.push({ matching: /PUT .*index\.html/, status: 500 });
    const answer = await world.send('Update', { physicalResourceId: `site/${world.s3.bucket}` });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `site/${world.s3.bucket}` });
    expect(await world.read('site/index.html')).toBe(page);
    expect(await world.keys()).toContain('site/assets/index-one.js');
    expect(await world.send('Update')).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.read('site/index.html')).toContain('index-two.js');
  });
});

describe('old files', () => {
  const publish = async (release: string) => {
    await world.build(release);
    expect((await world.send('Update')).Status).toBe('SUCCESS');
  };
  const assets = async () =>
    (await world.keys()).flatMap((key) => /^site\/assets\/index-(.*)\.js$/.exec(key)?.[1] ?? []);

  it('stay for a week after their release was replaced, and go then', async () => {
    await publish('one');
    // Long in use: what counts is when it was replaced.
    world.pass(30);
    for (const release of ['two', 'three', 'four']) await publish(release);
    world.pass(6.9);
    await publish('five');
    expect(await assets()).toEqual(['five', 'four', 'one', 'three', 'two']);
    world.pass(0.2);
    await publish('six');
    expect(await assets()).toEqual(['five', 'four', 'six']);
  });

  it('of the last three releases stay, however old', async () => {
    for (const release of ['one', 'two', 'three']) {
      await publish(release);
      world.pass(100);
    }
    await publish('three');
    expect(await assets()).toEqual(['one', 'three', 'two']);
  });

  it('that a new release has again stay', async () => {
    await world.build('one', { 'assets/shared-x.js': '// shared' });
    await world.send('Create');
    for (const release of ['two', 'three', 'four', 'five']) {
      world.pass(8);
      await world.build(release, { 'assets/shared-x.js': '// shared' });
      await world.send('Update');
    }
    expect(await world.keys()).toContain('site/assets/shared-x.js');
    expect(await assets()).toEqual(['five', 'four', 'three']);
  });

  it('of a publication that was cut go a week later', async () => {
    await publish('one');
    await world.build('cut');
    world.s3.faults.push({ matching: /PUT .*releases\.json/, status: 500 });
    expect((await world.send('Update')).Status).toBe('FAILED');
    await publish('two');
    expect(await assets()).toContain('cut');
    world.pass(8);
    await publish('three');
    expect(await assets()).not.toContain('cut');
  });

  it('stay when the history cannot be read, and go a week later', async () => {
    await publish('one');
    const { bucket } = world.site();
    await bucket.put('releases.json', '{"version":1,', { contentType: 'application/json', cacheControl: '' });
    world.pass(8);
    await publish('two');
    expect(await assets()).toEqual(['one', 'two']);
    expect(world.lines.join('')).toContain('cannot be read');
  });

  it('that cannot be deleted fail nothing, and the next publication tries again', async () => {
    for (const release of ['one', 'two', 'three', 'four']) await publish(release);
    world.pass(8);
    world.s3.faults.push({ matching: /POST .*delete/, status: 500 });
    await publish('five');
    expect(await assets()).toContain('one');
    expect(world.lines.join('')).toContain('tries again');
    await publish('six');
    expect(await assets()).not.toContain('one');
  });
});
