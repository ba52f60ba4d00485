/** The environment of one service or function: each variable is set once, whoever sets it. */
export class Variables {
  private readonly owner: string;
  private readonly add: (name: string, value: string) => void;
  private readonly values = new Map<string, string>();

  /** @param owner path of the construct, for messages; `add` is called once for each variable */
  constructor(owner: string, add: (name: string, value: string) => void) {
    this.owner = owner;
    this.add = add;
  }

  /** Setting the same value again does nothing. Throws when a variable has another value already. */
  set(variables: Record<string, string>): void {
    for (const [name, value] of Object.entries(variables)) this.setOne(name, value);
  }

  private setOne(name: string, value: string): void {
    const before = this.values.get(name);
    if (before === value) return;
    if (before !== undefined) {
      throw new Error(
        `${this.owner}: environment variable ${name} is "${before}" already, got "${value}" as well; rename one`,
      );
    }
    this.values.set(name, value);
    this.add(name, value);
  }
}
