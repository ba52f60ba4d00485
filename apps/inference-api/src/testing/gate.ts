/** A place where a tool waits until the test lets it go on. */
export interface Gate {
  /** Resolves when the tool has come to the gate. */
  reached: Promise<void>;
  open(): void;
  /** The tool's side. */
  pass(): Promise<void>;
}

export function createGate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    pass: () => {
      reached.resolve();
      return opened.promise;
    },
  };
}
