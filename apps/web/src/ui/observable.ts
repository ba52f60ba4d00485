/** A state that somebody owns and others watch, as `useSyncExternalStore` reads it. */
export abstract class Observable<State> {
  readonly #listeners = new Set<() => void>();
  #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): State => this.#state;

  /** Replaces the state, and tells whoever watches. */
  protected publish(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
