/** What alerts say to people: those of the fleet's own codes; those of boxes say what health says (`shared/contract/health-words/`). */
import type { FleetCode } from '../codes.ts';
import type { NoticeKind } from '../notice-message.ts';

export interface AlertWords {
  /** `title`: what, in a few words. `says`: what it means. `advice`: what to do. */
  readonly codes: Readonly<
    Record<FleetCode, { readonly title: string; readonly says: string; readonly advice: string }>
  >;
  readonly levels: { readonly warn: string; readonly bad: string };
  /** What became of it. */
  readonly kinds: { readonly opened: string; readonly worse: string; readonly cleared: string };
  /** What other rooms say to an MSP. */
  readonly notices: {
    readonly kinds: Readonly<Record<NoticeKind, string>>;
    readonly drill: string;
    readonly concerns: string;
    readonly more: (count: number) => string;
  };
  readonly mail: {
    readonly subject: (msp: string, opened: number, cleared: number) => string;
    readonly testSubject: string;
    readonly test: string;
    readonly since: (when: string) => string;
    readonly more: (count: number) => string;
    /** Of an alert of the MSP itself. */
    readonly everywhere: string;
    readonly footer: string;
  };
}
