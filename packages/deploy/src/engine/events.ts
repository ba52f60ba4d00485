import type { ServiceEvent } from '../services/events.ts';
import type { Outcome } from './outcome.ts';

/** Something that happens while stacks are deployed or removed, at the time it happens. */
export type EngineEvent =
  WaveEvent | StackEvent | ResourceEvent | ServiceEvent | NoteEvent | OutcomeEvent | CutEvent;

export type Report = (event: EngineEvent) => void;

/** Stacks that now go at the same time. */
export interface WaveEvent {
  type: 'wave';
  stacks: string[];
}

export interface StackEvent {
  type: 'stack';
  stack: string;
  /**
   * `waiting` for somebody else's change, `images` and `assets` being published, `change-set` being made,
   * `executing` by CloudFormation, `removing`, `after-care` of its services.
   */
  state: 'waiting' | 'images' | 'assets' | 'change-set' | 'executing' | 'removing' | 'after-care';
  detail?: string;
}

/** CloudFormation did something to a resource. */
export interface ResourceEvent {
  type: 'resource';
  stack: string;
  logicalId: string;
  resourceType: string;
  /** Such as `CREATE_COMPLETE`. */
  status: string;
  reason?: string;
  /** Since work on the stack began. */
  seconds: number;
  /** Steps that are through, and how many there are; undefined when CloudFormation has not said. */
  done: number;
  of: number | undefined;
}

/** Something the user should know and need not mend. */
export interface NoteEvent {
  type: 'note';
  stack?: string;
  text: string;
}

export interface OutcomeEvent {
  type: 'outcome';
  outcome: Outcome;
}

/** The user pressed Ctrl-C: nothing new begins. */
export interface CutEvent {
  type: 'cut';
  /** Stacks that CloudFormation goes on with, and the command that shows how. */
  going: { stack: string; name: string; look: string }[];
}
