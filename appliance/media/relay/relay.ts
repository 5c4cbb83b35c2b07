/** All calls of one media worker: carries out the main thread's commands, and what each tick brings. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import type { TapTotals } from '../door.ts';
import type { TapCredit } from '../frame.ts';
import type { Source } from '../latch.ts';
import { PortPairs, reservedPairs } from '../ports.ts';
import { Call, NO_TOTALS } from './call.ts';
import type { Command, CommandOf, Refusal, Report, WorkerSettings } from './commands.ts';
import { Leg, SILENT } from './leg.ts';
import { MAX_BIND_ATTEMPTS, MAX_LEGS, SWEEP_MS } from './limits.ts';
import { bindPair, type OnPacket } from './socket.ts';
import { type PostTap, Tap } from './tap.ts';

export interface RelaySurroundings {
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly report: (report: Report) => void;
  readonly postTap: PostTap;
  /** True: `tick` is wanted from now on, at once. False: no leg is open. */
  readonly onBusy: (busy: boolean) => void;
}

export class Relay {
  readonly #around: RelaySurroundings;
  readonly #counters = new Counters();
  readonly #ports: PortPairs;
  readonly #calls = new Map<number, Call>();
  /** Even ports of the open legs. */
  readonly #portOf = new Map<Leg, number>();
  readonly #playing = new Set<Leg>();
  readonly #taps = new Map<string, Tap>();
  #sweptAt = 0;
  #packets = 0;
  #opening = 0;

  constructor(around: RelaySurroundings) {
    this.#around = around;
    this.#ports = new PortPairs(
      around.settings.ports,
      around.clock,
      around.chance,
      reservedPairs(around.settings.ports),
    );
  }

  /** Carries out one command. One that cannot be carried out is counted: it must not end everybody else's calls. */
  command(command: Command): void {
    try {
      this.#carryOut(command);
    } catch {
      this.#counters.add('media.fault');
    }
  }

  /** Commands for calls and legs that are gone do nothing: they crossed the closing. */
  #carryOut(command: Command): void {
    const call = this.#calls.get(command.call);
    const leg = 'leg' in command ? call?.legs.get(command.leg) : undefined;
    switch (command.op) {
      case 'openCall':
        this.#calls.set(command.call, new Call());
        break;
      case 'openLeg':
        void this.#openLeg(command);
        break;
      case 'configure':
        leg?.configure(command.generation);
        call?.review(this.#around.clock.monotonic());
        break;
      case 'join':
        call?.join(command.a, command.b);
        call?.review(this.#around.clock.monotonic());
        break;
      case 'unjoin':
        call?.unjoin();
        break;
      case 'closeLeg':
        if (leg) this.#closeOneLeg(command);
        break;
      case 'play':
        this.#play(leg, command);
        break;
      case 'stopPlaying':
        leg?.player.stop();
        break;
      case 'streams':
        this.#around.report({ kind: 'streams', reply: command.reply, streams: leg?.streams() ?? SILENT });
        break;
      case 'listenForTones':
        if (leg) leg.listensForTones = command.on;
        break;
      case 'relayDigits':
        if (leg) leg.relaysDigits = command.on;
        break;
      case 'pauseRecording':
        call?.pause(command.on, this.#around.clock.monotonic());
        break;
      case 'record':
        if (call) this.#record(call, command.recording);
        break;
      case 'stopRecording':
        this.#around.report({ kind: 'recorded', reply: command.reply, totals: call ? this.#endTap(call) : NO_TOTALS });
        break;
      case 'closeCall':
        this.#closeCall(command);
        break;
      case 'counters':
        this.#around.report({ kind: 'counters', reply: command.reply, counters: this.counters() });
        break;
    }
  }

  /** What is due after each round: prompts, and now and then silence and batches. Returns milliseconds until more is due. */
  tick(): number {
    const now = this.#around.clock.monotonic();
    let due = this.#sweptAt + SWEEP_MS - now;
    if (due <= 0) {
      this.#sweptAt = now;
      due = SWEEP_MS;
      for (const call of this.#calls.values()) call.sweep(now);
    }
    for (const leg of this.#playing) {
      leg.player.pump(now);
      if (leg.player.active) due = Math.min(due, leg.player.dueIn(now));
    }
    return due;
  }

  /** Packets that came to any port so far. */
  get packets(): number {
    return this.#packets;
  }

  /** The recorder took bytes of a recording. */
  credit({ recording, acked }: TapCredit): void {
    this.#taps.get(recording)?.acked(acked);
  }

  counters(): Record<string, number> {
    const all = new Counters();
    for (const [name, count] of Object.entries(this.#counters.snapshot())) all.add(name, count);
    for (const call of this.#calls.values()) for (const leg of call.legs.values()) countLeg(all, leg);
    return all.snapshot();
  }

  async #openLeg(command: CommandOf<'openLeg'>): Promise<void> {
    this.#opening++;
    this.#around.onBusy(true);
    const opened = await this.#tryOpenLeg(command);
    const { reply } = command;
    this.#opening--;
    const report: Report =
      typeof opened === 'number'
        ? { kind: 'leg', reply, rtpPort: opened, rtcpPort: opened + 1 }
        : { kind: 'refused', reply, ...opened };
    this.#around.report(report);
    this.#idleIfEmpty();
  }

  /** The leg's even port, or why there is none. */
  async #tryOpenLeg(command: CommandOf<'openLeg'>): Promise<number | Refusal> {
    const { call: callNumber, leg: legNumber, address, urgent } = command;
    const call = this.#calls.get(callNumber);
    if (call === undefined) return { code: 'media_closed', detail: '' };
    if (call.legs.size >= MAX_LEGS) return { code: 'media_too_many_legs', detail: `${MAX_LEGS}` };
    const leg = this.#newLeg(callNumber, legNumber);
    // Added before the first wait, so that legs keep the order in which they were asked for.
    call.add(legNumber, leg);
    let refusal: Refusal = { code: 'media_ports_exhausted', detail: this.#around.settings.ports.join('-') };
    const port = await this.#bind(leg, address ?? this.#around.settings.address, urgent).catch((cause: Error) => {
      refusal = { code: 'media_address_unusable', detail: cause.message };
      return null;
    });
    if (port === null) {
      call.legs.delete(legNumber);
      return refusal;
    }
    this.#portOf.set(leg, port);
    if (this.#calls.get(callNumber) === call) return port;
    this.#closeLeg(leg);
    return { code: 'media_closed', detail: '' };
  }

  #newLeg(call: number, leg: number): Leg {
    const { clock, chance, report, settings } = this.#around;
    return new Leg({
      clock,
      chance,
      counters: this.#counters,
      identity: settings.identity,
      silence: settings.silence,
      onDtmf: (digit, durationMs, how) => report({ kind: 'dtmf', call, leg, digit, durationMs, how }),
      onSilence: (silence) => report({ kind: 'silent', call, leg, silence }),
      onUnkeyed: (why) => report({ kind: 'unkeyed', call, leg, why }),
    });
  }

  async #bind(leg: Leg, address: string, urgent: boolean): Promise<number | null> {
    const guarded =
      (receive: OnPacket): OnPacket =>
      (packet, from: Source) => {
        this.#packets++;
        try {
          receive(packet, from);
        } catch {
          // One packet that we did not foresee must not end the calls of everybody else.
          this.#counters.add('media.fault');
        }
      };
    const onRtp = guarded((packet, from) => leg.receiveRtp(packet, from));
    const onRtcp = guarded((packet, from) => leg.receiveRtcp(packet, from));
    for (let attempt = 0; attempt < MAX_BIND_ATTEMPTS; attempt++) {
      const port = this.#ports.take(urgent);
      if (port === null) return null;
      let sockets: Awaited<ReturnType<typeof bindPair>> = null;
      try {
        sockets = await bindPair(address, port, onRtp, onRtcp);
      } finally {
        if (sockets === null) this.#ports.giveBack(port);
      }
      if (sockets === null) continue;
      leg.opened(...sockets);
      return port;
    }
    return null;
  }

  #play(leg: Leg | undefined, { prompt, reply }: CommandOf<'play'>): void {
    const { report, clock } = this.#around;
    if (leg === undefined) {
      report({ kind: 'played', reply, outcome: 'stopped' });
      return;
    }
    // Before it begins: an earlier prompt, stopped by this one, takes the leg off the list.
    leg.player.stop();
    this.#playing.add(leg);
    leg.player.play(prompt, clock.monotonic(), (outcome) => {
      this.#playing.delete(leg);
      report({ kind: 'played', reply, outcome });
    });
    this.#around.onBusy(true);
  }

  #record(call: Call, recording: string): void {
    this.#endTap(call);
    const now = this.#around.clock.monotonic();
    const tap = new Tap(recording, this.#around.postTap, now);
    this.#taps.set(recording, tap);
    call.record(tap, now);
  }

  #endTap(call: Call): TapTotals {
    if (call.tap) this.#taps.delete(call.tap.recording);
    const totals = call.stopRecording(this.#around.clock.monotonic());
    this.#counters.add('media.tap_dropped', totals.dropped);
    return totals;
  }

  #closeCall({ call: number, reply }: CommandOf<'closeCall'>): void {
    const { report } = this.#around;
    const call = this.#calls.get(number);
    if (call === undefined) {
      report({ kind: 'closed', reply, stats: { legs: [] } });
      return;
    }
    this.#endTap(call);
    this.#calls.delete(number);
    const stats = call.close();
    for (const leg of call.legs.values()) {
      countLeg(this.#counters, leg);
      this.#closeLeg(leg);
    }
    report({ kind: 'closed', reply, stats });
    this.#idleIfEmpty();
  }

  #closeOneLeg({ call: number, leg: legNumber }: CommandOf<'closeLeg'>): void {
    const leg = this.#calls.get(number)?.remove(legNumber);
    if (leg === undefined) return;
    countLeg(this.#counters, leg);
    this.#closeLeg(leg);
    this.#idleIfEmpty();
  }

  #closeLeg(leg: Leg): void {
    const port = this.#portOf.get(leg);
    if (port === undefined) return;
    this.#portOf.delete(leg);
    leg.close();
    this.#ports.giveBack(port);
  }

  #idleIfEmpty(): void {
    if (this.#opening === 0 && this.#portOf.size === 0) this.#around.onBusy(false);
  }
}

function countLeg(counters: Counters, leg: Leg): void {
  const { auth, replay, malformed, sources } = leg.refused();
  const { packetsReceived, packetsSent } = leg.stats();
  counters.add('media.auth', auth);
  counters.add('media.replay', replay);
  counters.add('media.malformed', malformed);
  counters.add('media.too_many_sources', sources);
  counters.add('media.received', packetsReceived);
  counters.add('media.sent', packetsSent);
}
