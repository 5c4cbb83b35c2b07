/**
 * Two hosts and a router between them, each a network of its own (Linux namespaces): what passes the router is lost, doubled, late, cut or swallowed, as a
 * test says. As root. Of tc only what every kernel has (u32, mirred, tbf): where it has netem too, that changes nothing.
 */
import { execFileSync } from 'node:child_process';

/** Packets of TCP are told apart by the last four bits of their IP identification, which counts: what is sent again has another. */
const IDENTIFICATION_AT = 4;
const LOST = [3, 10];
const DOUBLED = 7;
const LATE = 12;

/** Of the way that late packets take. */
const SLOW = ['rate', '300kbit', 'burst', '1600', 'latency', '400ms'];
/** Of the ordinary one. */
const THIN = ['rate', '8mbit', 'burst', '16kb', 'latency', '200ms'];

const BOX_MAC = '02:00:00:00:00:02';
const FLEET_MAC = '02:00:00:00:00:01';

export const FLEET_ADDRESS = '10.77.2.2';
const BOX_ADDRESS = '10.77.1.2';

/** `box`: from the box to the fleet. */
export type Way = 'box' | 'fleet';

const run = (words: string): void => {
  const [program, ...args] = words.split(' ');
  execFileSync(program!, args, { stdio: 'pipe' });
};

/** Where, its name, its address. */
type End = readonly [of: 'box' | 'fleet' | 'router', name: string, mac: string];

let made = 0;

export class Networks {
  readonly #names: Readonly<Record<'box' | 'fleet' | 'router', string>>;
  #isSpoiled = false;

  constructor() {
    const name = (of: string) => `bk${process.pid}-${made}-${of}`;
    made++;
    this.#names = { box: name('b'), fleet: name('f'), router: name('r') };
    const { box, fleet, router } = this.#names;
    process.once('exit', this.#onExit);
    for (const each of [box, fleet, router]) {
      run(`ip netns add ${each}`);
      run(`ip -n ${each} link set lo up`);
    }
    // The router's ends have the addresses of the hosts beyond, so that a packet may be handed over as it is.
    this.#wire(['box', 'b0', BOX_MAC], ['router', 'rb', FLEET_MAC]);
    this.#wire(['fleet', 'f0', FLEET_MAC], ['router', 'rf', BOX_MAC]);
    this.#wire(['fleet', 'f1', FLEET_MAC], ['router', 'slow', BOX_MAC]);
    this.#wire(['router', 'hole', BOX_MAC], ['router', 'bottom', FLEET_MAC]);
    run(`ip -n ${router} link set bottom down`);
    for (const [of, end, address] of [
      ['box', 'b0', BOX_ADDRESS],
      ['router', 'rb', '10.77.1.1'],
      ['fleet', 'f0', FLEET_ADDRESS],
      ['router', 'rf', '10.77.2.1'],
    ] as const)
      run(`ip -n ${this.#names[of]} address add ${address}/24 dev ${end}`);
    run(`ip -n ${box} route add default via 10.77.1.1`);
    run(`ip -n ${fleet} route add default via 10.77.2.1`);
    this.#set('router', 'ip_forward', 1);
    // What came over the slow way did not come from where the answer goes.
    for (const end of ['all', 'f0', 'f1']) this.#set('fleet', `conf/${end}/rp_filter`, 0);
    run(`tc -n ${router} qdisc add dev slow root tbf ${SLOW.join(' ')}`);
    for (const end of ['rb', 'rf']) {
      run(`tc -n ${router} qdisc add dev ${end} root tbf ${THIN.join(' ')}`);
      run(`tc -n ${router} qdisc add dev ${end} ingress`);
    }
  }

  readonly #onExit = () => this.#end();

  #wire([a, nameA, macA]: End, [b, nameB, macB]: End): void {
    const [one, other] = [this.#names[a], this.#names[b]];
    run(`ip -n ${one} link add ${nameA} address ${macA} type veth peer name ${nameB} address ${macB} netns ${other}`);
    run(`ip -n ${one} link set ${nameA} up`);
    run(`ip -n ${other} link set ${nameB} up`);
  }

  #set(of: 'box' | 'fleet' | 'router', what: string, to: number): void {
    const write = `echo ${to} > /proc/sys/net/ipv4/${what}`;
    execFileSync('ip', ['netns', 'exec', this.#names[of], 'sh', '-c', write], { stdio: 'pipe' });
  }

  /** What runs a command on that host. */
  on(host: 'box' | 'fleet'): readonly string[] {
    return ['ip', 'netns', 'exec', this.#names[host]];
  }

  /** Of sixteen packets each way two are lost and one comes twice; of those from the box one is late besides, behind others. */
  spoil(): void {
    this.#isSpoiled = true;
    const { router } = this.#names;
    const filter = (from: string, priority: number, which: number, action: string) => {
      const match = `match ip protocol 6 0xff match u16 ${which} 0x000f at ${IDENTIFICATION_AT}`;
      run(
        `tc -n ${router} filter add dev ${from} parent ffff: protocol ip prio ${priority} u32 ${match} action ${action}`,
      );
    };
    for (const [from, to] of [
      ['rb', 'rf'],
      ['rf', 'rb'],
    ] as const) {
      for (const which of LOST) filter(from, 1, which, 'mirred egress redirect dev hole');
      filter(from, 2, DOUBLED, `mirred egress mirror dev ${to}`);
    }
    filter('rb', 3, LATE, 'mirred egress redirect dev slow');
  }

  /** Nothing of that way arrives, and nobody is told. */
  swallow(...ways: readonly Way[]): void {
    this.#clear();
    for (const way of ways) run(`ip -n ${this.#names.router} route add blackhole ${this.#far(way)}/32`);
  }

  /** The wire of the box is pulled. */
  cut(): void {
    run(`ip -n ${this.#names.router} link set rb down`);
  }

  /** As it was before `spoil`, `swallow` and `cut`. */
  heal(): void {
    this.#clear();
    const { router } = this.#names;
    run(`ip -n ${router} link set rb up`);
    for (const way of ['box', 'fleet'] as const)
      try {
        run(`ip -n ${router} route del blackhole ${this.#far(way)}/32`);
      } catch {
        // It was not swallowed.
      }
  }

  remove(): void {
    process.off('exit', this.#onExit);
    this.#end();
  }

  #far(way: Way): string {
    return way === 'box' ? FLEET_ADDRESS : BOX_ADDRESS;
  }

  #clear(): void {
    if (!this.#isSpoiled) return;
    this.#isSpoiled = false;
    for (const end of ['rb', 'rf']) run(`tc -n ${this.#names.router} filter del dev ${end} parent ffff:`);
  }

  #end(): void {
    for (const name of Object.values(this.#names))
      try {
        run(`ip netns del ${name}`);
      } catch {
        // It was never made.
      }
  }
}
