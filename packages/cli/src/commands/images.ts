import { Command } from 'commander';
import type { BuildImagesOptions } from '@parley/image/build-images';
import type { ImageEvent } from '@parley/image/events';
import type { ImageService } from '@parley/image/image-services';
import { UserError } from '../errors.ts';
import { planInput } from '../deploy/plan-input.ts';
import { printable } from '../printable.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';
import { workspaceImages } from '../deploy/workspace-images.ts';

interface ImagesOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
}

/** `parley images build|push [service…]`: the container images of services. A deploy does it by itself. */
export function imagesCommand(): Command {
  return new Command('images')
    .description('build the container images of services, or push them; a deploy does so by itself')
    .addCommand(withOptions('build', 'try and build images on this machine; nothing is pushed').action(build))
    .addCommand(
      withOptions(
        'push',
        'push the images that the registry does not have, and let the next deploy use them',
      ).action(push),
    );
}

function withOptions(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('[service...]', 'names of services, such as registry-api (default: all)')
    .addOption(stageOption('the stage whose services they are'))
    .addOption(setOption())
    .option('--json', 'print one JSON object per event, for programs');
}

async function build(names: string[], options: ImagesOptions): Promise<void> {
  const { buildImages } = await import('@parley/image/build-images');
  await run(names, options, async (each) => buildImages(each));
}

async function push(names: string[], options: ImagesOptions): Promise<void> {
  const [{ pushImages }, { accountOf, refuseOtherAccount }] = await Promise.all([
    import('@parley/image/push-images'),
    import('@parley/deploy/own-account'),
  ]);
  await run(names, options, async (each, { cloud, stage, assemblies }) => {
    await refuseOtherAccount(cloud, stage, accountOf(assemblies));
    return pushImages({ ...each, cloud });
  });
}

type Input = Awaited<ReturnType<typeof planInput>>;

async function run(
  names: readonly string[],
  { json, ...options }: ImagesOptions,
  carryOut: (options: BuildImagesOptions, input: Input) => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`  (${line})\n`);
  const input = await planInput([], { ...options, note });
  const { prefix } = input;
  const services = servicesNamed(await workspaceImages(input), names);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new UserError('Stopped. No deploy uses what was not pushed.')));
  const report = json ? printJson : printLine;
  const tags = await carryOut({ prefix, services, report, signal: stop.signal }, input);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'images', tags: Object.fromEntries(tags) })}\n`);
}

function servicesNamed(services: readonly ImageService[], names: readonly string[]): readonly ImageService[] {
  const known = services.map(({ service }) => service);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `No service is called ${unknown.map((name) => `"${name}"`).join(', ')}. There are: ${known.join(', ')}.`,
    );
  }
  return names.length === 0 ? services : services.filter(({ service }) => names.includes(service));
}

function printJson(event: ImageEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const words: Record<ImageEvent['state'], string> = {
  present: 'is in the registry',
  probing: 'is tried',
  building: 'is built',
  built: 'was built',
  pushing: 'is pushed',
  pushed: 'was pushed',
  selected: 'is what the next deploy uses',
  unchanged: 'is what deploys use, as before',
};

function printLine({ service, tag, state, detail }: ImageEvent): void {
  const line = `${service} ${tag} ${words[state]}${detail === undefined ? '' : `: ${detail}`}`;
  process.stdout.write(`${printable(line)}\n`);
}
