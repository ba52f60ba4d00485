/** True when AWS answered with this error. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
