/** A real phone for the tests: Debian's baresip, one process per phone, driven over its ctrl_tcp socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../scripts/demo/box.ts';
import { readNetstrings, writeNetstring } from './netstring.ts';
import { tone as makeTone, toWav } from './wav.ts';

export interface BaresipOptions {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** The box, host:port. */
  readonly box: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Full codec names, such as `PCMA` or `G722/16000/1`. */
  readonly codecs: string;
  readonly mediaEncryption?: 'srtp-mand' | 'srtp' | 'dtls_srtp';
  /** RTCP on the port of RTP. */
  readonly rtcpMux?: boolean;
  /** Tone that it speaks, Hz. */
  readonly tone: number;
  /** Sample rate of the codec. */
  readonly rate: number;
  /** PEM file of the certificate that the box shows. */
  readonly caFile: string;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly answer?: 'auto' | 'manual';
}

export interface BaresipEvent {
  readonly event?: boolean;
  readonly response?: boolean;
  readonly token?: string;
  readonly type?: string;
  readonly data?: string;
  readonly param?: string;
  readonly ok?: boolean;
}

/** How long a phone may take for anything, ms: a test that waits longer has failed. */
const PATIENCE_MS = 20_000;
/** How long a phone may take to listen for commands, ms, and how often one is started. */
const LISTEN_MS = 5000;

/** How long a phone that listens may take to say how it is, ms. */
const ANSWER_MS = 4000;
const STARTS = 3;
/** No phone outlives a broken test, s. */
const LIFETIME_S = 170;

export class Baresip {
  readonly options: BaresipOptions;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly #seen: BaresipEvent[] = [];
  readonly #waiting: { matches: (event: BaresipEvent) => boolean; done: (event: BaresipEvent) => void }[] = [];
  #commands = 0;

  private constructor(options: BaresipOptions, folder: string, child: ChildProcess, control: Socket) {
    this.options = options;
    this.#folder = folder;
    this.#process = child;
    this.#control = control;
    let buffer: Buffer = Buffer.alloc(0);
    control.on('data', (chunk: Buffer) => {
      const { texts, rest } = readNetstrings(Buffer.concat([buffer, chunk]));
      buffer = rest;
      for (const text of texts) this.#arrived(JSON.parse(text) as BaresipEvent);
    });
    control.on('error', () => {});
  }

  /** Starts the phone and waits until it is registered. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const phone = await Baresip.open(options);
    await phone.registered();
    return phone;
  }

  /** Starts the phone without waiting for its registration. */
  static async open(options: BaresipOptions): Promise<Baresip> {
    for (let starts = 1; ; starts++) {
      const phone = await Baresip.#begin(options);
      if (phone) return phone;
      if (starts === STARTS) throw new Error('baresip does not answer on its control socket');
    }
  }

  /** Null: it never listened for us. A port that was free may be another phone's by now: its TLS port is the one after its own. */
  static async #begin(options: BaresipOptions): Promise<Baresip | null> {
    const folder = join(options.folder, options.user);
    const controlPort = await freePort();
    writeConfiguration(folder, options, await freePort(), controlPort);
    const child = spawn('baresip', ['-f', folder, '-t', String(LIFETIME_S)], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    for (let tries = 0; tries < LISTEN_MS / 100 && child.exitCode === null; tries++) {
      const socket = connect(controlPort, '127.0.0.1');
      try {
        await once(socket, 'connect');
      } catch {
        socket.destroy();
        await delay(100);
        continue;
      }
      const phone = new Baresip(options, folder, child, socket);
      if (await phone.#answers()) return phone;
      // Somebody else listens there, and answers nothing.
      socket.destroy();
      break;
    }
    child.kill('SIGKILL');
    return null;
  }

  /** Whether whoever listens on the control port is this phone. */
  #answers(): Promise<boolean> {
    const answered = this.command('reginfo').then(
      () => true,
      () => false,
    );
    return Promise.race([answered, delay(ANSWER_MS, false)]);
  }

  async command(command: string, params = ''): Promise<BaresipEvent> {
    const token = `t${++this.#commands}`;
    this.#control.write(writeNetstring(JSON.stringify({ command, params, token })));
    return this.#wait((event) => event.response === true && event.token === token, `answer to ${command}`);
  }

  /** baresip registers before a client can attach to its control socket, so its state is asked for until it is OK. */
  async registered(): Promise<void> {
    for (let tries = 0; tries < PATIENCE_MS / 150; tries++) {
      const { data = '' } = await this.command('reginfo');
      // Colours stand right before the word.
      if (/OK /.test(data)) return;
      await delay(150);
    }
    throw new Error(`${this.options.user} did not register`);
  }

  dial(user: string): Promise<BaresipEvent> {
    return this.command('dial', `sip:${user}@${this.options.domain}`);
  }

  /** The first event of `type` not yet taken by an earlier `event()`. */
  event(type: string): Promise<BaresipEvent> {
    return this.#wait((event) => event.event === true && event.type === type, type, true);
  }

  /** Events seen so far, by type. */
  count(type: string): number {
    return this.#seen.filter((event) => event.type === type).length;
  }

  /** WAV files of what it heard (`dec`) or sent (`enc`), complete once the call is over. */
  sounds(kind: 'enc' | 'dec'): string[] {
    const folder = join(this.#folder, 'snd');
    return readdirSync(folder)
      .filter((name) => name.includes(`-${kind}`))
      .map((name) => join(folder, name));
  }

  /** Ends the phone. One orphan of baresip 1.0 ignored SIGTERM, so SIGKILL follows. */
  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    if (this.#process.exitCode !== null) return;
    this.#control.write(writeNetstring(JSON.stringify({ command: 'quit', params: '', token: 'quit' })));
    const quiet = await Promise.race([gone.then(() => true), delay(2000, false)]);
    if (!quiet) {
      this.#process.kill('SIGKILL');
      await gone;
    }
    this.#control.destroy();
  }

  #arrived(event: BaresipEvent): void {
    const index = this.#waiting.findIndex((waiter) => waiter.matches(event));
    const [waiter] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiter) waiter.done(event);
    this.#seen.push(event);
  }

  readonly #taken = new Set<BaresipEvent>();

  async #wait(matches: (event: BaresipEvent) => boolean, what: string, take = false): Promise<BaresipEvent> {
    const fresh = (event: BaresipEvent) => matches(event) && !this.#taken.has(event);
    const known = this.#seen.find(fresh);
    const timeout = new AbortController();
    const event =
      known ??
      (await Promise.race([
        new Promise<BaresipEvent>((done) => this.#waiting.push({ matches: fresh, done })),
        delay(PATIENCE_MS, undefined, { signal: timeout.signal }).then(() => {
          const types = this.#seen.flatMap((seen) => seen.type ?? []).join(' ');
          throw new Error(`${this.options.user}: no ${what}; seen: ${types}`);
        }),
      ]));
    timeout.abort();
    if (take) this.#taken.add(event);
    return event;
  }
}

const modules = ['opus', 'g722', 'g711', 'sndfile', 'aufile', 'ausine', 'aubridge', 'srtp', 'dtls_srtp'];

function writeConfiguration(folder: string, options: BaresipOptions, sipPort: number, controlPort: number): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'snd'), { recursive: true });
  const { user, password, domain, box, transport, codecs, mediaEncryption, tone, rate, caFile } = options;
  const config = [
    'poll_method epoll',
    // `lo` as interface name does not give it an IPv4 address; the address itself does.
    'net_interface 127.0.0.1',
    `sip_listen 127.0.0.1:${sipPort}`,
    `sip_cafile ${caFile}`,
    // Its sine source knows 48 kHz alone.
    `audio_source aufile,${folder}/tone.wav`,
    `audio_player aubridge,sink-${user}`,
    `audio_alert aubridge,alert-${user}`,
    'audio_path /usr/share/baresip',
    `ausrc_srate ${rate}`,
    `auplay_srate ${rate}`,
    'ausrc_channels 1',
    'auplay_channels 1',
    'audio_txmode thread',
    'rtp_ports 12000-16000',
    `rtcp_mux ${options.rtcpMux ? 'yes' : 'no'}`,
    'jitter_buffer_delay 5-10',
    'module_path /usr/lib/baresip/modules',
    ...modules.map((name) => `module ${name}.so`),
    'module_tmp uuid.so',
    'module_tmp account.so',
    'module_app menu.so',
    'module_app contact.so',
    'module_app debug_cmd.so',
    'module_app ctrl_tcp.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    `snd_path ${folder}/snd`,
    'menu_bell no',
    'ringback_disabled yes',
    'statmode_default off',
  ];
  writeFileSync(join(folder, 'tone.wav'), toWav({ rate, samples: makeTone(tone, LIFETIME_S, rate) }));
  writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
  const account = [
    `<sip:${user}@${domain};transport=${transport}>`,
    `auth_user=${user}`,
    `auth_pass=${password}`,
    `outbound="sip:${box};transport=${transport}"`,
    'regint=600',
    `answermode=${options.answer ?? 'auto'}`,
    `audio_codecs=${codecs}`,
    'ptime=20',
    ...(mediaEncryption ? [`mediaenc=${mediaEncryption}`] : []),
  ];
  writeFileSync(join(folder, 'accounts'), `${account.join(';')}\n`);
  writeFileSync(join(folder, 'contacts'), '');
  writeFileSync(join(folder, 'uuid'), `00000000-0000-4000-8000-${String(sipPort).padStart(12, '0')}`);
}
