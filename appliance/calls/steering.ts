/** What people may ask of the recording of a call while it goes on, and what became of it. */

export const steerings = ['pause', 'resume', 'record', 'object'] as const;

export type Steering = (typeof steerings)[number];

export const steeringOutcomes = [
  'paused',
  'resumed',
  /** Announced, or asked for consent, and recorded as soon as that is done. */
  'begun',
  /** Nobody can open anything of it any more. */
  'erased',
  /** Nothing more is recorded; what there is of it is erased when that can be done. */
  'stopped',
  'already_so',
  'not_recording',
  'pause_not_allowed',
  'legal_retention',
] as const;

export type SteeringOutcome = (typeof steeringOutcomes)[number];

/** Who wanted it: a phone's key, a person by desk, command line or another program, or the end of a pause. */
export type SteeredBy = 'caller' | 'callee' | 'api' | 'time';

/** A recording rests. */
export interface Pause {
  /** When it goes on by itself, wall clock, ms. */
  readonly until: number;
}

/** For the audit log. */
export interface Steered {
  readonly call: string;
  /** Null: none has begun. */
  readonly recording: string | null;
  readonly did: 'paused' | 'resumed' | 'begun' | 'pause refused';
  readonly by: SteeredBy;
}
