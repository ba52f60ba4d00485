import type { ModelSettings } from '@parley/contract/model';
import type { ReadModelSecret } from '../model-secret.ts';
import type { Piece, Reply } from './model-server.ts';

type Ending = 'stop' | 'length' | 'refused' | 'calls';

/** What a provider's wire looks like, for tests that every provider must pass. */
export interface Provider {
  name: string;
  /** Settings of a model behind the server at this origin, with the key that `keyFor` has. */
  settings(origin: string): ModelSettings;
  whole(...pieces: Piece[]): Reply;
  hanging(...pieces: Piece[]): Reply;
  broken(...pieces: Piece[]): Reply;
  /** Begins an answer and says these words. */
  words(...words: string[]): Piece[];
  /** Calls a tool after words, its input in these pieces. */
  call(id: string, tool: string, ...pieces: string[]): Piece[];
  /** Ends the words, where the wire says so. */
  wordsEnd: Piece[];
  /** Ends an answer: 20 tokens read, 5 written. */
  end(ending: Ending): Piece[];
  malformed: Piece;
  errorWithin: Piece;
  /** "Busy, come later" within an answer. */
  busyWithin(words?: string): Piece;
  /** "Busy, come later", in these words. */
  busy(headers?: Record<string, string>, words?: string): Reply;
  tooLong: Reply[];
  /** The same with what was sent and the model's limit, in tokens, in the provider's words. */
  tooLongFor(sent: number, limit: number): Reply;
  /** Further errors: the code, what the message says to do, the reply. */
  faults: [code: string, message: RegExp, reply: Reply][];
  /** The conversation that a request has, a line for each text, call and result. */
  conversation(body: unknown): string[];
}

/** Has the key of `settings`, for models at this origin. */
export function keyFor(origin: string): ReadModelSecret {
  return (name) => (name === 'MODEL_KEY' ? { value: 'secret', origins: [origin] } : undefined);
}
