import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalEvent } from '../events.ts';
import { type LocalOptions, type LocalSystem, startLocal } from '../start.ts';
import { type FixtureStack, writeAssembly } from '@parley/assembly/testing';
import { eventually } from './eventually.ts';

/** A folder of its own (with a space in its path) in which a local system runs, and is cleaned up after. */
export class Machine {
  readonly folder: string;
  readonly events: LocalEvent[] = [];
  #system: LocalSystem | undefined;
  #attachedUrl: string | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Machine> {
    return new Machine(await mkdtemp(join(tmpdir(), 'parley local ')));
  }

  get dataFolder(): string {
    return join(this.folder, '.parley');
  }

  get system(): LocalSystem {
    if (!this.#system) throw new Error('The machine is not started.');
    return this.#system;
  }

  /** Address of the gateway, of the system started here or of one in another process. */
  get url(): string {
    return this.#system?.url ?? this.#attachedUrl ?? this.system.url;
  }

  /** Use a system that runs in another process. */
  attach(url: string): void {
    this.#attachedUrl = url;
  }

  /** The number after `pid` in a log file, once it is there. */
  async pidInLog(path: string): Promise<number> {
    let match: RegExpExecArray | null = null;
    await eventually(async () => {
      const text = await readFile(join(this.dataFolder, path), 'utf8').catch(() => '');
      match = /pid (\d+)/.exec(text);
      return match !== null;
    });
    return Number((match as RegExpExecArray | null)?.[1]);
  }

  /** Write assemblies for stacks, and a folder for each that stays the same between calls. */
  assemblies(stacks: FixtureStack[]): Promise<string[]> {
    return Promise.all(stacks.map((stack) => writeAssembly(join(this.folder, 'stacks', stack.name), stack)));
  }

  /** A second folder with the assembly of a stack. */
  async copyAssembly(stack: string, name: string): Promise<string> {
    const copy = join(this.folder, 'stacks', name);
    await cp(join(this.folder, 'stacks', stack), copy, { recursive: true });
    return copy;
  }

  /** Leave half a template, as a synthesis that was cut does. */
  breakAssembly(stack: string): Promise<void> {
    return writeFile(join(this.folder, 'stacks', stack, `${stack}.template.json`), '{"Resources": {');
  }

  /** Write the built program of a workspace package. */
  async program(workspace: string, files: Record<string, string>): Promise<void> {
    const dist = join(this.workspaceFolder(workspace), 'dist');
    await mkdir(dist, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(dist, name), text);
  }

  workspaceFolder(name: string): string {
    return join(this.folder, 'packages', name.split('/').at(-1) ?? name);
  }

  async start(stacks: FixtureStack[], options: Partial<LocalOptions> = {}): Promise<LocalSystem> {
    this.#system = await this.startAnother(stacks, options);
    return this.#system;
  }

  /** Start on the same data folder, whether one runs already or not. */
  async startAnother(stacks: FixtureStack[], options: Partial<LocalOptions> = {}): Promise<LocalSystem> {
    return startLocal({
      assemblies: await this.assemblies(stacks),
      dataFolder: this.dataFolder,
      port: 0,
      workspaceFolder: (name) => this.workspaceFolder(name),
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  async update(stacks: FixtureStack[]) {
    return this.system.update(await this.assemblies(stacks));
  }

  async stop(): Promise<void> {
    await this.#system?.close();
    this.#system = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
