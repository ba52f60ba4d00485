/** An error that the tests' AWS answers with, by the name its API reference gives it. */
export class AwsFault extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type Operation = (input: unknown) => unknown;
