/** What Debian's Mosquitto 2.0 is told, so that it holds boxes to the same rights as the embedded broker. Functions of their arguments alone. */
import { MAX_MESSAGE_BYTES } from '@belkluis/shared/contract/limits';
import { BROADCAST_TOPIC } from '@belkluis/shared/contract/topics';
import { isFleetName, selfTopic } from '../external/names.ts';
import { MAX_IN_HAND, MAX_KEEPALIVE_S, MAX_PACKET_BYTES } from '../limits.ts';
import { problem } from '../problems.ts';

export interface MosquittoPlaces {
  /**
   * Where the files lie: `acl`, `crl.pem`, `boxes.pem` (who signs the certificates of boxes), `fleet.pem` (who signs the fleet's, and
   * no box's), `server.pem` (Mosquitto's own key and certificate: one file, so that none is ever beside another's).
   */
  readonly folder: string;
  /** Where Mosquitto keeps its sessions over a restart; null: nowhere. */
  readonly data: string | null;
  /** For boxes. */
  readonly boxes: Door;
  /** For the fleet's processes: on loopback, or a network that boxes do not reach. */
  readonly fleet: Door;
}

interface Door {
  readonly address: string;
  readonly port: number;
}

/** Most that waits for the fleet while it is away, bytes: a day of five thousand boxes at a minute's pace is more than a disk wants to write. */
const MAX_WAITING_BYTES = 512 * 1024 * 1024;

/** A box that did not come back for so long begins anew. */
const FORGET_BOXES = '14d';

/** `mosquitto.conf`. */
export function mosquittoConfiguration({ folder, data, boxes, fleet }: MosquittoPlaces): string {
  const tls = (authority: string) => `certfile ${folder}/server.pem
keyfile ${folder}/server.pem
cafile ${folder}/${authority}
require_certificate true
use_identity_as_username true
tls_version tlsv1.3
max_qos 1`;
  return `# Written by Belkluis. What you change here is overwritten.
allow_anonymous false
acl_file ${folder}/acl
max_packet_size ${MAX_PACKET_BYTES}
message_size_limit ${MAX_MESSAGE_BYTES}
max_keepalive ${MAX_KEEPALIVE_S}
max_inflight_messages ${MAX_IN_HAND}
# Counted in bytes alone: all that waits for the fleet is in one queue.
max_queued_messages 0
max_queued_bytes ${MAX_WAITING_BYTES}
persistent_client_expiration ${FORGET_BOXES}
# Else an acknowledgement waits some 40 ms for what follows it.
set_tcp_nodelay true
${data === null ? 'persistence false' : `persistence true\npersistence_location ${data}/\nautosave_interval 10`}

# Boxes. Whatever client id they send, they get that of their certificate.
listener ${boxes.port} ${boxes.address}
${tls('boxes.pem')}
crlfile ${folder}/crl.pem
use_username_as_clientid true

# The fleet, of another authority than boxes: it may take a box's client id, which is how it disconnects one.
listener ${fleet.port} ${fleet.address}
${tls('fleet.pem')}
`;
}

/** The access file. `fleets`: common names of the fleet's processes. @throws Problem `fleet_name_invalid`. */
export function mosquittoAccess(fleets: readonly string[]): string {
  for (const name of fleets) if (!isFleetName(name)) throw problem('fleet_name_invalid', name);
  const kinds = ['presence', 'reported', 'health', 'audit', 'event', 'csr', 'rsp/+'];
  return [
    '# Written by Belkluis. Boxes: %u is the common name of their certificate.',
    ...kinds.map((kind) => `pattern write f1/%u/up/${kind}`),
    'pattern read f1/%u/dn/#',
    `pattern read ${BROADCAST_TOPIC}`,
    ...fleets.flatMap((name) => [
      '',
      `user ${name}`,
      'topic read f1/+/up/#',
      'topic write f1/+/dn/#',
      `topic write ${BROADCAST_TOPIC}`,
      `topic readwrite ${selfTopic(name)}`,
    ]),
    '',
  ].join('\n');
}
