/** Where a call goes. Whoever knows the peers (phones, a PBX, trunks) answers with a route; the back-to-back user agent carries it out. */
import type { Credentials } from '../sip/dialog/challenge.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { InviteWatch } from '../sip/dialog/outgoing-call.ts';
import type { SipUri } from '../sip/message/uri.ts';
import type { ResponseDraft } from '../sip/message/write.ts';
import type { Flow, Target } from '../sip/transport/flow.ts';
import type { History } from './history.ts';
import type { PartyOptions } from './party.ts';
import type { CallFacts } from './recorder.ts';
import type { Origin } from './transfer/origin.ts';
import type { PassRefer } from './transfer/pass-refer.ts';
import type { Elsewhere, FirstCall } from './twins.ts';
import type { Way } from './way.ts';

/** How one peer's media is protected, what may be offered to it, and at which address of ours it is met where that is not the usual one. */
export type MediaTerms = Pick<
  PartyOptions,
  'keying' | 'mayBePlain' | 'inClear' | 'onKeying' | 'signalsFrom' | 'codecs'
> &
  Partial<Pick<PartyOptions, 'address'>>;

/** Somebody who shall be talked to in one party's place, because that party said so: by REFER, or by a 3xx. */
export interface Onward {
  /** Whom. Nobody has checked it. */
  readonly target: SipUri;
  readonly why: 'transferred' | 'redirected';
  /** Who will talk to the target: the box's name, and a From value without tag that says who it is. */
  readonly party: { readonly name: string; readonly shown: string };
  /** What the call had been through before. */
  readonly history: History;
}

/** On whose behalf a leg acts, known from its authentication or from where it registered. */
export interface Principal {
  /** The box's name: an account's user. What one leg of it may do to its own call, another leg of the same name may too. */
  readonly name: string;
  /** Routes a target as if this one called it: its rights and its limits, whoever will talk. */
  readonly onward: (onward: Onward) => RoutedOnward | Promise<RoutedOnward>;
}

/** As of a call, but for who calls. */
export type RoutedOnward =
  | { readonly ok: true; readonly route: Destination }
  | { readonly ok: false; readonly refusal: ResponseDraft };

/** Whom a route leads to. */
export type Destination = Pick<Route, 'to' | 'direction' | 'stages'>;

/** One place to ring, and how its peer is spoken to. Nothing in it but what this peer may know. */
export interface Branch {
  readonly requestUri: string;
  readonly destination: Flow | Target;
  /** From and To values without tag, as this peer shall see them. */
  readonly from: string;
  readonly to: string;
  /** User part of our Contact towards it. */
  readonly contactUser: string;
  /** Identities, history, credentials of the caller for a PBX: all that is not made by the user agent itself. */
  readonly headers: readonly (readonly [string, string])[];
  /** For its challenges. */
  readonly credentials?: Credentials;
  readonly media: MediaTerms;
  /** How it is reached; absent: it is a phone of the box. */
  readonly way?: Way;
  /** Absent: whoever answers there may not transfer, redirect or take over. */
  readonly principal?: Principal;
  /** How long it may take to say anything, ms; absent: as long as SIP gives it (timer B, 32 s). */
  readonly firstResponseMs?: number;
  /** Counts what goes out, and remembers which peers failed. */
  readonly watch?: InviteWatch;
}

/** Places that ring at the same time. */
export interface Stage {
  readonly branches: readonly Branch[];
  /**
   * When the next stage is tried: `failed`: whenever nobody here answered (serial forking, RFC 3261 16.7); `unreachable`: only when this
   * peer could not be asked or takes no calls now (RFC 3263 4.3: transport failure, timeout, 503); `always`: also when somebody here
   * refused for everybody (6xx), because the caller needs any answer at all.
   */
  readonly next: 'failed' | 'unreachable' | 'always';
}

export interface Route {
  /** Who calls whom, in the box's own names: what policy decides by and the catalogue keeps. */
  readonly from: string;
  readonly to: string;
  readonly direction: CallFacts['direction'];
  /** Somebody calls for help: it goes whenever anything can be done, and is refused for nothing that others are refused for. */
  readonly emergency?: true;
  /** How the caller is reached, and what it called from outside; absent: it is a phone of the box. */
  readonly way?: Way;
  /** The queue in whose waiting times it counts; absent: none. */
  readonly waitsIn?: string;
  /** Whoever called dialled so that it is not recorded. */
  readonly isPrivate?: true;
  /** How the caller's media is spoken to. */
  readonly caller: MediaTerms;
  /** Absent: the caller may not transfer or take over. */
  readonly principal?: Principal;
  /** Rung one after the other. Never empty. */
  readonly stages: readonly Stage[];
  /**
   * Whose refusals the caller is told as they came: the far side of a PBX or trunk knows best. A challenge passes with its headers, for
   * the caller's password is the PBX's business. `own`: only what the box itself says.
   */
  readonly refusals: 'as they came' | 'own';
  /** Transfers and pick-ups are the far side's business: REFER and Replaces are passed on. Absent: the box sees to them. */
  readonly passesRefer?: PassRefer;
  /** Calls that this one comes out of, where the peer that brings it said so. */
  readonly origins?: readonly Origin[];
  /** The same words may pass the box twice, through a PBX and back: this is the caller's call, or the one that comes in again. */
  readonly twin?: { readonly first: (call: string) => FirstCall } | { readonly second: () => Elsewhere | null };
}

export type Routed =
  | { readonly ok: true; readonly route: Route }
  | { readonly ok: false; readonly refusal: ResponseDraft };

/** Authenticates the caller and says where the call goes. Nothing has changed when it refuses. */
export type Routing = (incoming: IncomingCall) => Routed | Promise<Routed>;
