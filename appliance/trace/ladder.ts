/** A call's messages as a ladder: one column for each peer, the box between them, an arrow for each message. */
import { parseCSeq } from '../sip/message/cseq.ts';
import type { SipMessage } from '../sip/message/message.ts';
import { parseMessage } from '../sip/message/parse.ts';
import { formatAddress } from '../sip/transport/flow.ts';
import { describedStreams, streamLine } from './described.ts';
import type { TracedMessage } from './traced.ts';

export interface LadderStep {
  readonly at: number;
  /** Since the first message, ms. */
  readonly offsetMs: number;
  /** Index of the peer's column. */
  readonly peer: number;
  /** Whether the box received it. */
  readonly received: boolean;
  /** `INVITE` or `180 Ringing`. */
  readonly label: string;
  /** Of a response, what it answers; null for a request. */
  readonly answers: string | null;
  /** The same message was here before: sent again because nobody answered in time. */
  readonly again: boolean;
  /** A line for each stream of its session description. */
  readonly streams: readonly string[];
  readonly kind: 'request' | 'provisional' | 'success' | 'failure';
  /** The whole message. */
  readonly text: string;
}

export interface Ladder {
  /** `TLS 192.0.2.1:5061`, in order of appearance: the caller first. */
  readonly peers: readonly string[];
  readonly steps: readonly LadderStep[];
}

const labelOf = (message: SipMessage): string =>
  message.kind === 'request' ? message.method : `${message.status} ${message.reason}`;

function kindOf(message: SipMessage): LadderStep['kind'] {
  if (message.kind === 'request') return 'request';
  return message.status < 200 ? 'provisional' : message.status < 300 ? 'success' : 'failure';
}

export function ladderOf(messages: readonly TracedMessage[]): Ladder {
  const peers: string[] = [];
  const seen = new Set<string>();
  const steps: LadderStep[] = [];
  const first = messages[0]?.at ?? 0;
  for (const { at, direction, transport, remote, text } of messages) {
    const message = parseMessage(Buffer.from(text));
    if (message.kind === 'unusable') continue;
    const name = `${transport} ${formatAddress(remote)}`;
    if (!peers.includes(name)) peers.push(name);
    const again = seen.has(`${direction} ${name} ${text}`);
    seen.add(`${direction} ${name} ${text}`);
    const cseq = parseCSeq(message.headers.get('CSeq'));
    const sdp = message.headers.get('Content-Type')?.startsWith('application/sdp')
      ? message.body.toString('latin1')
      : '';
    steps.push({
      at,
      offsetMs: at - first,
      peer: peers.indexOf(name),
      received: direction === 'received',
      label: labelOf(message),
      answers: message.kind === 'response' ? (cseq?.method ?? null) : null,
      again,
      streams: sdp === '' ? [] : describedStreams(sdp).map(streamLine),
      kind: kindOf(message),
      text,
    });
  }
  return { peers, steps };
}

/** Columns between two lines of the ladder in a terminal. */
const WIDTH = 30;

/** The column of the box: after the caller. */
const BOX = 1;

/** Where a peer's line stands when the box's is second. */
const columnOf = (peer: number): number => (peer === 0 ? 0 : peer + 1);

/** The arrow of one step, from the left line to the right one. */
function arrow({ label, received, again }: LadderStep, from: number, to: number): string {
  const right = received === from < to;
  const [left, end] = [Math.min(from, to), Math.max(from, to)];
  const room = (end - left) * WIDTH - 1;
  const text = ` ${again ? '(again) ' : ''}${label} `.slice(0, room - 4);
  const line = `──${text}`.padEnd(room - 1, '─');
  return right ? `${line}>` : `<${line}`;
}

/** The ladder as lines of a terminal: time, arrows, what is offered. */
export function ladderText({ peers, steps }: Ladder): string {
  const columns = Math.max(peers.length + 1, 2);
  const lines = (fill: (column: number) => string | null): string => {
    let text = '';
    for (let column = 0; column < columns; column++) {
      const own = fill(column);
      if (own !== null) text = text.padEnd(column * WIDTH, ' ').slice(0, column * WIDTH) + own;
    }
    return text;
  };
  const empty = Array.from({ length: columns }, () => '│').join(' '.repeat(WIDTH - 1));
  const names = peers.length === 0 ? ['', 'box'] : [peers[0]!, 'box', ...peers.slice(1)];
  const head = names
    .map((name) => name.slice(0, WIDTH - 2).padEnd(WIDTH))
    .join('')
    .trimEnd();
  const TIME = 11;
  const body = steps.flatMap((step) => {
    const column = columnOf(step.peer);
    const [left, right] = [Math.min(column, BOX), Math.max(column, BOX)];
    const drawn = arrow(step, column, BOX);
    const before = lines((at) => (at <= left ? '│' : null));
    const after = empty.slice(right * WIDTH);
    const row = `${before}${drawn}${after}`;
    const time = `+${(step.offsetMs / 1000).toFixed(3)}`.padStart(TIME - 1);
    return [`${time} ${row}`, ...step.streams.map((stream) => `${' '.repeat(TIME)}${empty}  ${stream}`)];
  });
  return [`${' '.repeat(TIME)}${head}`, `${' '.repeat(TIME)}${empty}`, ...body].join('\n');
}
