import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteBucket } from './site-bucket.ts';
import { PublisherWorld } from './testing/publisher-world.ts';

let world: PublisherWorld;
beforeEach(async () => {
  world = await PublisherWorld.start();
  await world.build('one');
});
afterEach(() => world.close());

const hangs = new Proxy({} as SiteBucket, { get: () => () => new Promise(() => {}) });

describe('the answer', () => {
  it('names what is missing when nothing is built', async () => {
    world.folder = `${world.folder}/nothing`;
    const answer = await world.send('Create');
    world.folder = world.folder.replace('/nothing', '');
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('expected a built site with an index.html, got 0 files');
  });

  it('names the field that is wrong', async () => {
    expect((await world.send('Create', { properties: { Config: '{"issuer":"x"}' } })).Reason).toMatch(
      /Config\.issuer: .*\nConfig\.clientId: /,
    );
    expect((await world.send('Create', { properties: { Config: 'no JSON' } })).Reason).toContain('Config');
    expect((await world.send('Create', { properties: { EmptyOnDelete: 'maybe' } })).Reason).toContain(
      'EmptyOnDelete',
    );
    expect(await world.keys()).toEqual([]);
  });

  it('comes in time when the bucket does not answer', async () => {
    world.site = () => ({ bucketName: world.s3.bucket, bucket: hangs });
    const answer = await world.send('Create', { milliseconds: 6_100 });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `site/${world.s3.bucket}` });
    expect(answer.Reason).toContain('in time');
  });

  it('comes although the environment is wrong, to a delete as a success', async () => {
    world.site = () => {
      throw new Error('PARLEY_SITE_BUCKET: expected some text, got nothing');
    };
    expect(await world.send('Create')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('PARLEY_SITE_BUCKET'),
    });
    expect((await world.send('Delete', { physicalResourceId: 'site/x' })).Status).toBe('SUCCESS');
  });
});

describe('a delete', () => {
  it('empties the bucket', async () => {
    const { PhysicalResourceId } = await world.send('Create');
    expect(await world.send('Delete', { physicalResourceId: PhysicalResourceId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
    expect(await world.keys()).toEqual([]);
  });

  it('of a create that failed half-way, or was never answered, empties it too', async () => {
    world.s3.faults.push({ matching: /PUT .*index\.html/, status: 500 });
    const { Status, PhysicalResourceId } = await world.send('Create');
    expect(Status).toBe('FAILED');
    expect(await world.keys()).not.toEqual([]);
    await world.send('Delete', { physicalResourceId: PhysicalResourceId });
    expect(await world.keys()).toEqual([]);
    await world.send('Create');
    await world.send('Delete', { physicalResourceId: 'parley-test-frontend-Publication-1ABC' });
    expect(await world.keys()).toEqual([]);
  });

  it('leaves everything where the stage protects its data, and where another bucket was meant', async () => {
    const { PhysicalResourceId } = await world.send('Create');
    const before = await world.keys();
    const kept = { physicalResourceId: PhysicalResourceId, properties: { EmptyOnDelete: 'false' } };
    expect((await world.send('Delete', kept)).Status).toBe('SUCCESS');
    expect((await world.send('Delete', { physicalResourceId: 'site/another' })).Status).toBe('SUCCESS');
    expect(await world.keys()).toEqual(before);
  });

  it('never fails: not with garbage, not when the bucket cannot be emptied or does not answer', async () => {
    await world.send('Create');
    const physicalResourceId = `site/${world.s3.bucket}`;
    expect((await world.send('Delete', { physicalResourceId, properties: { Release: 7 } })).Status).toBe(
      'SUCCESS',
    );
    world.s3.faults.push({ matching: /POST .*delete/, status: 403 });
    expect((await world.send('Delete', { physicalResourceId })).Status).toBe('SUCCESS');
    expect(world.lines.join('')).toContain('empty it by hand');
    world.site = () => ({ bucketName: world.s3.bucket, bucket: hangs });
    expect((await world.send('Delete', { physicalResourceId, milliseconds: 6_100 })).Status).toBe('SUCCESS');
  });
});
