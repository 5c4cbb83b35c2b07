/**
 * One caller, several places ringing, stage after stage: which answer wins and what the caller is told (RFC 3261 16.7 for the
 * choice among responses, 9.1 for the cancelling). Pure; the driver in ringing.ts carries the effects out.
 */

export type BranchState = 'trying' | 'ringing' | { readonly failed: number };

/** Branches that ring together, and when the stage behind them is tried. */
export interface ForkStage {
  readonly branches: readonly string[];
  readonly next: 'failed' | 'unreachable' | 'always';
}

export type ForkState =
  | {
      readonly at: 'ringing';
      readonly branches: ReadonlyMap<string, BranchState>;
      readonly next: ForkStage['next'];
      readonly later: readonly ForkStage[];
      /** Statuses of the stages before. */
      readonly before: readonly number[];
      readonly early: string | null;
    }
  | { readonly at: 'connected'; readonly winner: string }
  | { readonly at: 'over' };

export type ForkInput =
  | { readonly on: 'progress'; readonly branch: string; readonly status: number; readonly hasMedia: boolean }
  | { readonly on: 'answered'; readonly branch: string }
  | { readonly on: 'failed'; readonly branch: string; readonly status: number }
  | { readonly on: 'caller gone' }
  | { readonly on: 'ring timeout' };

export type ForkEffect =
  | { readonly do: 'ring'; readonly branch: string }
  | { readonly do: 'tell caller'; readonly status: number }
  | { readonly do: 'early media'; readonly branch: string }
  | { readonly do: 'connect'; readonly branch: string }
  | { readonly do: 'cancel'; readonly branch: string }
  | { readonly do: 'hang up'; readonly branch: string }
  /** `by`: the failure that decided it, as it came. */
  | { readonly do: 'reject caller'; readonly status: number; readonly by: number };

type Stepped = readonly [ForkState, ...ForkEffect[]];

function ringing(stages: readonly ForkStage[], before: readonly number[], early: string | null): Stepped {
  const [stage, ...later] = stages;
  if (!stage) {
    const by = bestFailure(before);
    return [{ at: 'over' }, { do: 'reject caller', status: toldCaller(by), by }];
  }
  const branches = new Map(stage.branches.map((branch) => [branch, 'trying' as const]));
  return [
    { at: 'ringing', branches, next: stage.next, later, before, early },
    ...stage.branches.map((branch) => ({ do: 'ring' as const, branch })),
  ];
}

/** Begins with the first stage. */
export const forkTo = (stages: readonly ForkStage[]): Stepped => ringing(stages, [], null);

const pending = (state: BranchState | undefined): boolean => state === 'trying' || state === 'ringing';

/** Statuses of the class that matters most: 6xx ends all; else the lowest class, within it the most telling (RFC 3261 16.7 step 6). */
export function bestFailure(statuses: readonly number[]): number {
  const global = statuses.find((status) => status >= 600);
  if (global !== undefined) return global;
  const classOf = (status: number) => Math.floor(status / 100);
  const lowest = Math.min(...statuses.map(classOf));
  const candidates = statuses.filter((status) => classOf(status) === lowest);
  const telling = [486, 480, 488, 415, 484, 404];
  return telling.find((status) => candidates.includes(status)) ?? candidates[0] ?? 480;
}

/**
 * What the caller is told when a phone answers `status`. A phone's challenge or redirection concerns the box, and its
 * 503 would make the caller give up on the box itself (RFC 3261 16.7 step 6): each becomes 480.
 */
const toldCaller = (status: number): number =>
  status < 400 || status === 401 || status === 407 || status === 503 ? 480 : status;

/** RFC 3263 4.3: this peer could not be asked, or says that it takes no calls now. */
const unreachable = (status: number): boolean => status === 503 || status === 408;

export function step(state: ForkState, input: ForkInput): Stepped {
  if (state.at !== 'ringing') {
    const late = input.on === 'answered' && !(state.at === 'connected' && state.winner === input.branch);
    return late ? [state, { do: 'hang up', branch: input.branch }] : [state];
  }
  const others = (except: string | null): ForkEffect[] =>
    [...state.branches]
      .filter(([branch, at]) => branch !== except && pending(at))
      .map(([branch]) => ({ do: 'cancel' as const, branch }));
  switch (input.on) {
    case 'progress': {
      if (!pending(state.branches.get(input.branch))) return [state];
      const branches = new Map(state.branches).set(input.branch, 'ringing');
      // The first phone that sends media is heard; a second one would only talk over it.
      const early = state.early ?? (input.hasMedia ? input.branch : null);
      const next = { ...state, branches, early };
      if (early !== state.early && early !== null) return [next, { do: 'early media', branch: early }];
      return [next, { do: 'tell caller', status: input.status }];
    }
    case 'answered':
      return [
        { at: 'connected', winner: input.branch },
        ...others(input.branch),
        { do: 'connect', branch: input.branch },
      ];
    case 'failed': {
      if (!pending(state.branches.get(input.branch))) return [state];
      const branches = new Map(state.branches).set(input.branch, { failed: input.status });
      const open = [...branches.values()].some(pending);
      if (open && input.status < 600) return [{ ...state, branches }];
      const failures = [...branches.values()].flatMap((at) => (typeof at === 'object' ? [at.failed] : []));
      const best = bestFailure(failures);
      const { next: when } = state;
      const goesOn = when === 'always' || (best < 600 && (when === 'failed' || failures.every(unreachable)));
      const [next, ...effects] = ringing(goesOn ? state.later : [], [...state.before, ...failures], null);
      return [next, ...others(input.branch), ...effects];
    }
    case 'caller gone':
      return [{ at: 'over' }, ...others(null)];
    case 'ring timeout':
      return [{ at: 'over' }, ...others(null), { do: 'reject caller', status: 408, by: 408 }];
  }
}
