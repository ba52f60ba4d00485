import { deltaOf, idOf, numberOf, RecordSplitter, tokensIn, type SseRecord } from './records.ts';

/** What one answer was like for its client. */
export interface AnswerRead {
  tokens: number;
  /** Milliseconds from the request to the first token; undefined for an answer cut off before it. */
  firstTokenMs: number | undefined;
  /** Milliseconds between two arrivals of text. */
  gapMs: number[];
  records: SseRecord[];
  /** True when the server cut it off: a run that cannot write its events for so long loses its lease. */
  isInterrupted: boolean;
}

/** Reads a stream as it comes. Make it when the request goes out. */
export class AnswerReader {
  readonly #began = performance.now();
  readonly #gapMs: number[] = [];
  readonly #records: SseRecord[] = [];
  readonly #splitter = new RecordSplitter();
  #tokens = 0;
  #firstTokenMs: number | undefined;
  #lastText = 0;
  #nextNumber = 0;

  /** Of the last event that came whole; undefined before the first. */
  get lastEventId(): string | undefined {
    const last = this.#records.findLast((record) => numberOf(record) !== undefined);
    return last && idOf(last);
  }

  /** Call it when a response begins: what was left of a cut one is dropped. */
  begin(): void {
    this.#splitter.reset();
  }

  take(text: string): void {
    let tokens = 0;
    for (const record of this.#splitter.take(text)) {
      this.#checkNumber(record);
      const delta = deltaOf(record);
      if (delta !== undefined) tokens += tokensIn(delta);
      this.#records.push(record);
    }
    if (tokens > 0) this.#countText(tokens);
  }

  /** @throws Error when the answer neither finished nor was cut off by the server. */
  end(): AnswerRead {
    const [last = '', done] = this.#records.slice(-2);
    const isInterrupted = last.includes('data: {"type":"abort","reason":"interrupted"}');
    if (done !== 'data: [DONE]' || !(isInterrupted || last.includes('data: {"type":"finish"')))
      throw new Error(`an answer did not finish: its stream ended with ${JSON.stringify([last, done])}`);
    return {
      tokens: this.#tokens,
      firstTokenMs: this.#firstTokenMs,
      gapMs: this.#gapMs,
      records: this.#records,
      isInterrupted,
    };
  }

  #countText(tokens: number): void {
    const now = performance.now();
    if (this.#firstTokenMs === undefined) this.#firstTokenMs = now - this.#began;
    else this.#gapMs.push(now - this.#lastText);
    this.#lastText = now;
    this.#tokens += tokens;
  }

  /** @throws Error when events are not numbered 0, 1, 2, … */
  #checkNumber(record: SseRecord): void {
    const n = numberOf(record);
    if (n === undefined) return;
    if (n !== this.#nextNumber) throw new Error(`event ${n} came where ${this.#nextNumber} was due`);
    this.#nextNumber += 1;
  }
}
