import { join } from 'node:path';
import * as z from 'zod';
import { JsonFile } from './json-file.ts';

const parameter = z.object({
  value: z.string(),
  type: z.string(),
  version: z.number(),
  modified: z.string(),
  /** `<stack>/<logical id>` of the template resource that writes it; absent when put by a client or seeded. */
  writer: z.string().optional(),
});
const savedParameters = z.record(z.string(), parameter);

export type Parameter = z.infer<typeof parameter>;

/** SSM parameters, in memory and on disk. */
export class ParameterStore {
  readonly #file: JsonFile<Record<string, Parameter>>;
  readonly #parameters: Record<string, Parameter>;

  private constructor(file: JsonFile<Record<string, Parameter>>, parameters: Record<string, Parameter>) {
    this.#file = file;
    this.#parameters = parameters;
  }

  static async open(dataFolder: string): Promise<ParameterStore> {
    const file = new JsonFile<Record<string, Parameter>>(join(dataFolder, 'parameters.json'));
    return new ParameterStore(file, (await file.read((value) => savedParameters.parse(value))) ?? {});
  }

  get(name: string): Parameter | undefined {
    return Object.hasOwn(this.#parameters, name) ? this.#parameters[name] : undefined;
  }

  /** All parameters whose name begins with `path` and a slash, sorted by name. */
  below(path: string): [string, Parameter][] {
    const start = path.endsWith('/') ? path : `${path}/`;
    return Object.entries(this.#parameters)
      .filter(([name]) => name.startsWith(start))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Set a parameter; resolves with its version once it stands on disk. An equal value changes nothing. */
  async put(name: string, value: string, type = 'String', writer?: string): Promise<number> {
    const known = this.get(name);
    if (known?.value === value && known.type === type && known.writer === writer) return known.version;
    const version = (known?.version ?? 0) + 1;
    const modified = new Date().toISOString();
    this.#parameters[name] = { value, type, version, modified, ...(writer === undefined ? {} : { writer }) };
    await this.#file.write(this.#parameters);
    return version;
  }

  async remove(name: string): Promise<void> {
    delete this.#parameters[name];
    await this.#file.write(this.#parameters);
  }
}
