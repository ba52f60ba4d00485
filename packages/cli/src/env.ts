/** The value of a variable of the shell that `parley` runs in; undefined when it has none or an empty one. */
export function readVariable(name: string): string | undefined {
  return process.env[name] || undefined;
}
