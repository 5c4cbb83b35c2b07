/** A real SIP server for the tests: Debian's kamailio as registrar and proxy, with digest, on a loopback address of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loopbackCertificate } from '../../appliance/sip/testing/certificate.ts';

/** What kamailio brings along; `modules` names more. */
const MODULES = [
  'tls',
  'kex',
  'corex',
  'tm',
  'tmx',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'usrloc',
  'registrar',
  'textops',
  'siputils',
  'xlog',
  'nathelper',
  'auth',
  'htable',
];

export interface KamailioOptions {
  readonly domain: string;
  /** Loopback address of its own, such as 127.0.0.5: the box knows it by that. */
  readonly address: string;
  readonly port?: number;
  readonly tlsPort?: number;
  /** Who may register, and the passwords. */
  readonly users: Readonly<Record<string, string>>;
  /** Whether INVITEs of users have to be authenticated (407). Those of `trusted` addresses never. */
  readonly authenticateCalls?: boolean;
  readonly trusted?: readonly string[];
  /** Script that is run for each request outside of a dialog, after authentication and before the user is looked up; may `exit`. */
  readonly route?: string;
  /** Script for requests in a dialog that is its own, such as a subscription's; may `exit`. */
  readonly inDialog?: string;
  /** More modules by name, and lines with their `modparam`. */
  readonly modules?: readonly string[];
  readonly parameters?: string;
}

/** A loopback address of this process alone, so that tests of others on this machine are not in the way. `n`: which of several. */
export const ownAddress = (n: number): string => `127.${60 + n}.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;

/** How long it may take to begin, ms. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 50;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

const moduleFolder = (): string =>
  ['/usr/lib/x86_64-linux-gnu/kamailio/modules/', '/usr/lib/aarch64-linux-gnu/kamailio/modules/'].find(existsSync) ??
  '';

function configuration(options: Required<KamailioOptions>, folder: string): string {
  const { domain, address, port, tlsPort, users, trusted } = options;
  const loaded = [...MODULES, ...options.modules].map((name) => `loadmodule "${name}.so"`);
  const passwords = Object.entries(users).map(([user, password]) => `  $sht(passwords=>${user}) = "${password}";`);
  const isTrusted = ['"none"', ...trusted.map((one) => `"${one}"`)].map((one) => `$si == ${one}`).join(' || ');
  return `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=2
tcp_children=2
enable_tls=yes
dns=no
rev_dns=no
user_agent_header="User-Agent: kamailio"
server_header="Server: kamailio"
listen=udp:${address}:${port}
listen=tcp:${address}:${port}
listen=tls:${address}:${tlsPort}
alias="${domain}"
mpath="${moduleFolder()}"
${loaded.join('\n')}
modparam("tls","private_key","${folder}/key.pem")
modparam("tls","certificate","${folder}/certificate.pem")
modparam("tls","tls_method","TLSv1.2+")
modparam("tls","verify_certificate",0)
modparam("tls","require_certificate",0)
modparam("tm","failure_reply_mode",3)
modparam("rr","enable_full_lr",1)
modparam("rr","append_fromtag",1)
modparam("usrloc","db_mode",0)
modparam("registrar","max_expires",3600)
modparam("registrar","min_expires",30)
modparam("registrar|nathelper","received_avp","$avp(came_from)")
modparam("auth","nonce_expire",300)
modparam("auth","qop","auth")
modparam("htable","htable","passwords=>size=6;")
${options.parameters}

event_route[htable:mod-init] {
  $sht(passwords=>) = "";
${passwords.join('\n')}
}
request_route {
  force_rport();
  if (!mf_process_maxfwd_header("70")) {
    sl_send_reply("483", "No Hops Left");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (!is_method("ACK")) {
    if (t_precheck_trans()) {
      t_check_trans();
      exit;
    }
    t_check_trans();
  }
  # What is accounted, where acc is loaded.
  if (is_method("INVITE|BYE")) { setflag(1); }
  if (has_totag()) {
    if (loose_route()) {
      handle_ruri_alias();
      t_relay();
    } else if (is_method("ACK")) {
      if (t_check_trans()) t_relay();
    } else {
${options.inDialog}
      sl_send_reply("481", "No Such Dialog");
    }
    exit;
  }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("${domain}", "$sht(passwords=>$au)", "0")) {
      www_challenge("${domain}", "1");
      exit;
    }
    if ($au != $tU) {
      sl_send_reply("403", "Not Yours");
      exit;
    }
    fix_nated_register();
    save("location");
    exit;
  }
  if (is_method("OPTIONS") && $rU==$null) { sl_send_reply("200","Here"); exit; }
${
  options.authenticateCalls
    ? `  if (is_method("INVITE|MESSAGE|PUBLISH|SUBSCRIBE") && !(${isTrusted}) && uri==myself) {
    if (!pv_proxy_authenticate("${domain}", "$sht(passwords=>$au)", "0")) { proxy_challenge("${domain}","1"); exit; }
    consume_credentials();
  }`
    : ''
}
  record_route();
  add_contact_alias();
${options.route}
  if (lookup("location")) {
    t_on_reply("ALIAS");
    t_relay();
  } else {
    sl_send_reply("404", "Not Found");
  }
}
onreply_route[ALIAS] { add_contact_alias(); }
`;
}

export class Kamailio {
  readonly options: Required<KamailioOptions>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kamailio-'));
  /** PEM that its certificate is trusted by; it carries the domain and the address. */
  readonly ca: string;
  #process: ChildProcess | null = null;

  private constructor(options: Required<KamailioOptions>, material: { readonly key: string; readonly cert: string }) {
    this.options = options;
    this.ca = material.cert;
    mkdirSync(join(this.#folder, 'run'));
    writeFileSync(join(this.#folder, 'key.pem'), material.key);
    writeFileSync(join(this.#folder, 'certificate.pem'), material.cert);
    writeFileSync(this.caFile, material.cert);
    writeFileSync(join(this.#folder, 'kamailio.cfg'), configuration(options, this.#folder));
  }

  /** Starts it; resolves when it answers. */
  static async start(options: KamailioOptions): Promise<Kamailio> {
    const { domain, address } = options;
    const whole = {
      port: 5060,
      tlsPort: 5061,
      authenticateCalls: false,
      trusted: [],
      route: '',
      inDialog: '',
      modules: [],
      parameters: '',
      ...options,
    };
    const server = new Kamailio(whole, await loopbackCertificate({ names: [domain], addresses: [address] }));
    await server.start();
    return server;
  }

  get caFile(): string {
    return join(this.#folder, 'ca.pem');
  }

  /** Begins anew after `kill`; what had registered is forgotten. */
  async start(): Promise<void> {
    const run = join(this.#folder, 'run');
    const { address, port } = this.options;
    const args = ['-f', join(this.#folder, 'kamailio.cfg'), '-w', run, '-Y', run, '-m', '32', '-M', '8', '-DD', '-E'];
    const child = spawn('kamailio', args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let said = '';
    child.stderr!.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-8000);
    });
    this.#process = child;
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await answers(address, port))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await this.kill();
        throw new Error(`kamailio does not answer: ${said}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Ends it as a power cut would: its processes answer nothing any more. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = null;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      // The whole group, which is its own: workers outlive a parent that was killed.
      process.kill(-child.pid!, 'SIGKILL');
      await gone;
    }
    alive.delete(child);
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether an OPTIONS over UDP is answered within a moment. */
function answers(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    const end = (answered: boolean) => {
      clearTimeout(patience);
      socket.close();
      resolve(answered);
    };
    const patience = setTimeout(() => end(false), 4 * LOOK_EVERY_MS);
    socket.once('message', () => end(true));
    socket.on('error', () => {});
    socket.bind(0, '127.0.0.1', () => {
      const via = `127.0.0.1:${socket.address().port}`;
      const lines = [
        `OPTIONS sip:${address}:${port} SIP/2.0`,
        `Via: SIP/2.0/UDP ${via};branch=z9hG4bK${Date.now()};rport`,
        'Max-Forwards: 70',
        `From: <sip:ping@${via}>;tag=1`,
        `To: <sip:${address}>`,
        `Call-ID: ping-${Date.now()}`,
        'CSeq: 1 OPTIONS',
        'Content-Length: 0',
      ];
      socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, address);
    });
  });
}
