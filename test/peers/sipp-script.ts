/**
 * Writes scenario files for SIPp, for parties that do one thing differently. A party over UDP or TCP, without SRTP; its sound is made by
 * ffmpeg, so that neither its signalling nor its media is ours.
 */

/** What comes out of `a=rtpmap` and what ffmpeg calls it. */
const codecs = {
  PCMA: { payloadType: 8, clock: 8000, encoder: ['-c:a', 'pcm_alaw'], rate: 8000 },
  PCMU: { payloadType: 0, clock: 8000, encoder: ['-c:a', 'pcm_mulaw'], rate: 8000 },
  G722: { payloadType: 9, clock: 8000, encoder: ['-c:a', 'g722'], rate: 16_000 },
} as const;

export type SippCodec = keyof typeof codecs;

export interface Sound {
  readonly hz: number;
  readonly seconds: number;
  /** Our own port for it. RTCP leaves from the next. */
  readonly from: number;
  readonly ssrc: number;
  readonly codec?: SippCodec;
  /** To which of the box's ports, by its number among them. */
  readonly stream?: 1 | 2;
}

export interface Said {
  readonly port: number;
  readonly version: number;
  readonly codecs?: readonly SippCodec[];
  /** `a=` lines of the media section. */
  readonly attributes?: readonly string[];
  /** Of the `c=` line; default: SIPp's own address. */
  readonly address?: string;
}

/** A description of one audio stream. */
export const sdp = ({ port, version, codecs: names = ['PCMA'], attributes = [], address = '[ip]' }: Said): string =>
  [
    'v=0',
    `o=- 7 ${version} IN IP[local_ip_type] [ip]`,
    's=-',
    `c=IN IP[local_ip_type] ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${names.map((name) => codecs[name].payloadType).join(' ')}`,
    ...names.map((name) => `a=rtpmap:${codecs[name].payloadType} ${name}/${codecs[name].clock}`),
    ...attributes.map((attribute) => `a=${attribute}`),
  ].join('\n');

/** A description of a fax (T.38) in the place of the sound. */
export const faxSdp = ({ port, version }: { readonly port: number; readonly version: number }): string =>
  ['v=0', `o=- 7 ${version} IN IP4 [local_ip]`, 's=-', 'c=IN IP4 [local_ip]', 't=0 0']
    .concat([
      `m=image ${port} udptl t38`,
      'a=T38FaxVersion:0',
      'a=T38MaxBitRate:14400',
      'a=T38FaxUdpEC:t38UDPRedundancy',
    ])
    .join('\n');

const text = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** A session description, or a body of another type. */
export type Body = string | { readonly type: string; readonly text: string };

const typed = (body: Body) => (typeof body === 'string' ? { type: 'application/sdp', text: body } : body);

/** A description and recording metadata (RFC 7866 9.1); without the latter, the description alone. */
export const copied = (description: string, metadata: string | null): Body =>
  metadata === null
    ? description
    : {
        type: 'multipart/mixed;boundary=parts',
        text: [
          '--parts\nContent-Type: application/sdp\n',
          description,
          '\n--parts\nContent-Type: application/rs-metadata+xml\nContent-Disposition: recording-session\n',
          metadata,
          '\n--parts--\n',
        ].join('\n'),
      };

/** What must be in the body of a message, as a POSIX expression over all of its lines. */
export type Expected = string;

const MEDIA_PORT: Expected = 'm=[a-z]+ ([0-9]+) ';

const VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]';
const CONTACT = 'Contact: <sip:[user]@[local_ip]:[local_port];transport=[transport]>';

const CAN = 'Allow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE';

export class SippScript {
  readonly #role: 'caller' | 'callee';
  readonly #steps: string[] = [];
  readonly #variables = new Set<string>();
  #seq = 0;
  #named = 0;
  /** Number of the INVITE that is answered reliably. */
  #invited = 0;

  constructor(role: 'caller' | 'callee') {
    this.#role = role;
  }

  /** Calls `[service]`, answers the challenge, and talks. `expected`: of the answer, with as many ports in groups as there are `streams`. */
  calls(
    body: Body,
    more: {
      readonly headers?: readonly string[];
      readonly challenged?: boolean;
      readonly streams?: 1 | 2;
      readonly expected?: Expected;
    } = {},
  ): this {
    const { headers = [], challenged = true, streams = 1, expected = MEDIA_PORT } = more;
    this.#send(this.#invite(body, [...headers]));
    this.#step('<recv response="100" optional="true"/>');
    if (challenged) {
      this.#step('<recv response="401" auth="true"/>');
      this.#send(this.#request('ACK', this.#seq, [], '', '[peer_tag_param]'), false);
      this.#send(this.#invite(body, ['[authentication]', ...headers]));
      this.#step('<recv response="100" optional="true"/>');
    }
    this.#step('<recv response="180" optional="true"/>', '<recv response="183" optional="true"/>');
    this.#step(
      `<recv response="200" rrs="true"><action>${this.#takePort(expected, streams)}${this.#take('to', 'To:')}</action></recv>`,
    );
    return this.#ack();
  }

  /** Rings at once, says `early` responses in order, each with a tag and perhaps a description of its own, and answers. */
  isCalled(
    body: string,
    more: {
      readonly early?: readonly {
        readonly status: number;
        readonly tag?: string;
        readonly body?: string;
        readonly wait?: number;
        readonly headers?: readonly string[];
      }[];
      readonly tag?: string;
    } = {},
  ): this {
    const { early = [], tag = 'own' } = more;
    this.#recv('INVITE', [this.#takePort(MEDIA_PORT), this.#take('to', 'To:'), this.#take('from', 'From:')]);
    for (const one of early) {
      const headers = one.headers ? [CONTACT, ...one.headers] : [];
      this.#send(this.#response(one.status, `;tag=${one.tag ?? tag}`, one.body ?? '', true, headers), false);
      this.pause(one.wait ?? 200);
    }
    this.#send(this.#response(200, `;tag=${tag}`, body, true));
    this.#tag = tag;
    this.#recv('ACK', []);
    return this;
  }

  // Before the answer, reliably (RFC 3262)

  /** Calls like `calls`, and acknowledges the 183 that brings the answer. `isPickedUp` is when it is answered. */
  callsReliably(body: string, expected: Expected = MEDIA_PORT): this {
    const headers = ['Require: 100rel', CAN];
    this.#send(this.#invite(body, headers));
    this.#step('<recv response="100" optional="true"/>', '<recv response="401" auth="true"/>');
    this.#send(this.#request('ACK', this.#seq, [], '', '[peer_tag_param]'), false);
    this.#send(this.#invite(body, ['[authentication]', ...headers]));
    this.#invited = this.#seq;
    this.#step('<recv response="100" optional="true"/>');
    const taken = [
      this.#takePort(MEDIA_PORT),
      this.#check(expected),
      this.#take('to', 'To:'),
      this.#take('rseq', 'RSeq:'),
    ];
    this.#step(`<recv response="183" rrs="true"><action>${taken.join('')}</action></recv>`);
    this.#seq++;
    this.#send(this.#request('PRACK', this.#seq, [`RAck:[$rseq] ${this.#invited} INVITE`], '', this.#peer()));
    this.#step('<recv response="200"/>');
    return this;
  }

  /** The other side has answered at last; what it says there was said before. */
  isPickedUp(): this {
    this.#step('<recv response="200"/>');
    this.#send(this.#request('ACK', this.#invited, [], '', this.#peer()), false);
    return this;
  }

  /** Rings with its answer in a reliable 183. `picksUp` answers the call. */
  ringsReliably(body: string): this {
    const taken = [this.#takePort(MEDIA_PORT), this.#take('to', 'To:'), this.#take('from', 'From:')];
    this.#recv('INVITE', [...taken, this.#take('via', 'Via:'), this.#take('cseq', 'CSeq:')]);
    this.#send(this.#response(183, `;tag=${this.#tag}`, body, true, [CONTACT, 'Require: 100rel', 'RSeq: 41', CAN]));
    this.#recv('PRACK', []);
    this.#send(this.#response(200, '', '', false), false);
    return this;
  }

  picksUp(): this {
    const lines = ['SIP/2.0 200 OK', 'Via:[$via]', 'From:[$from]', `To:[$to];tag=${this.#tag}`, 'Call-ID: [call_id]'];
    this.#send(`${[...lines, 'CSeq:[$cseq]', CONTACT, 'Content-Length: 0'].join('\n')}\n\n`);
    this.#recv('ACK', []);
    return this;
  }

  /** Offers anew by UPDATE (RFC 3311). */
  updates(body: string, expected: Expected = MEDIA_PORT): this {
    this.#update(body);
    this.#step(`<recv response="200"><action>${this.#takePort(MEDIA_PORT)}${this.#check(expected)}</action></recv>`);
    return this;
  }

  /** Offers by UPDATE what the other side does not take. */
  updatesInVain(body: string, status: number): this {
    this.#update(body);
    this.#step(`<recv response="${status}"/>`);
    return this;
  }

  /** Refuses an UPDATE of the other side's. */
  refusesUpdate(status: number): this {
    this.#recv('UPDATE', []);
    this.#send(this.#response(status, '', '', false), false);
    return this;
  }

  #update(body: string): void {
    this.#seq++;
    const headers = [CONTACT, 'Content-Type: application/sdp'];
    this.#send(this.#request('UPDATE', this.#seq, headers, body, this.#peer()));
  }

  /** Answers an UPDATE of the other side's. */
  isUpdated(body: string, expected: Expected = MEDIA_PORT): this {
    this.#recv('UPDATE', [this.#takePort(MEDIA_PORT), this.#check(expected)]);
    this.#send(this.#response(200, '', body, true), false);
    return this;
  }

  /** Refuses a call, or sends it elsewhere. */
  refuses(status: number, headers: readonly string[] = []): this {
    this.#recv('INVITE', []);
    this.#send(this.#response(status, ';tag=own', '', true, headers));
    this.#recv('ACK', []);
    return this;
  }

  #tag = 'own';

  /** Offers anew; `expected`: what the answer must hold. */
  offers(body: string, expected: Expected = MEDIA_PORT): this {
    return this.beginsOffer(body).isAnswered(expected);
  }

  beginsOffer(body: string): this {
    this.#send(this.#invite(body, []));
    return this;
  }

  isAnswered(expected: Expected = MEDIA_PORT): this {
    this.#step('<recv response="100" optional="true"/>');
    this.#step(`<recv response="200"><action>${this.#takePort(MEDIA_PORT)}${this.#check(expected)}</action></recv>`);
    return this.#ack();
  }

  /** Our offer is refused, as `status` says. */
  isRefused(status: number): this {
    this.#step('<recv response="100" optional="true"/>', `<recv response="${status}"/>`);
    this.#send(this.#request('ACK', this.#seq, [], '', this.#peer()), false);
    return this;
  }

  /** Answers an offer of the other side's. */
  answers(body: string, expected: Expected = MEDIA_PORT): this {
    this.#recv('INVITE', [this.#takePort(MEDIA_PORT), this.#check(expected)]);
    this.#send(this.#response(200, '', body, true));
    this.#recv('ACK', []);
    return this;
  }

  /** Takes an offer in, and refuses it, now or later. */
  hearsOffer(): this {
    this.#recv('INVITE', [this.#take('via', 'Via:'), this.#take('cseq', 'CSeq:')]);
    return this;
  }

  refusesOffer(status: number): this {
    const ends =
      this.#role === 'caller' ? ['From:[$to]', `To: ${this.#self}`] : ['From:[$from]', `To:[$to];tag=${this.#tag}`];
    const lines = [
      `SIP/2.0 ${status} No`,
      'Via:[$via]',
      ...ends,
      'Call-ID: [call_id]',
      'CSeq:[$cseq]',
      'Content-Length: 0',
    ];
    this.#send(`${lines.join('\n')}\n\n`);
    this.#recv('ACK', []);
    return this;
  }

  /** ffmpeg speaks from now on, beside what follows. */
  says({ hz, seconds, from, ssrc, codec = 'PCMA', stream = 1 }: Sound): this {
    const { encoder, payloadType, rate } = codecs[codec];
    const samples = rate / 50;
    const command = [
      `ffmpeg -nostdin -v error -f lavfi -i sine=frequency=${hz}:sample_rate=${rate}:samples_per_frame=${samples}`,
      `-af asetnsamples=n=${samples}:p=0,arealtime -t ${seconds} ${encoder.join(' ')} -f rtp -packetsize 172`,
      `-payload_type ${payloadType} -ssrc ${ssrc} -localaddr [ip] -local_rtpport ${from}`,
      `rtp://[remote_ip]:[$${stream === 1 ? 'port' : 'port2'}]`,
    ].join(' ');
    return this.runs(command);
  }

  /** A shell command beside the call; `[$port]` is where the box takes our media. */
  runs(command: string): this {
    this.#step(`<nop><action><exec command="${text(command)}"/></action></nop>`);
    return this;
  }

  pause(ms: number): this {
    this.#step(`<pause milliseconds="${ms}"/>`);
    return this;
  }

  hangsUp(): this {
    this.#seq++;
    this.#send(this.#request('BYE', this.#seq, [], '', this.#peer()));
    this.#step('<recv response="200"/>');
    return this;
  }

  isHungUp(): this {
    this.#recv('BYE', []);
    this.#send(this.#response(200, '', '', false), false);
    return this;
  }

  /** The file. */
  toString(): string {
    const variables = [...this.#variables].join(',');
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<!DOCTYPE scenario SYSTEM "sipp.dtd">',
      '<scenario name="written by a test">',
      ...this.#steps,
      ...(variables === '' ? [] : [`<Reference variables="${variables}"/>`]),
      '</scenario>',
      '',
    ].join('\n');
  }

  // Messages

  get #self(): string {
    return '<sip:[user]@[domain]>;tag=[call_number]';
  }

  #peer(): string {
    return this.#role === 'caller' ? '[$to]' : '[$from]';
  }

  #invite(body: Body, headers: string[]): string {
    this.#seq++;
    const { type, text: said } = typed(body);
    const named = said === '' ? [] : [`Content-Type: ${type}`];
    return this.#request(
      'INVITE',
      this.#seq,
      [CONTACT, ...headers, ...named],
      said,
      this.#variables.has('to') ? this.#peer() : '',
    );
  }

  #ack(): this {
    this.#send(this.#request('ACK', this.#seq, [], '', this.#peer()), false);
    return this;
  }

  /** `to`: the whole of it, or what stands behind the address. */
  #request(method: string, seq: number, headers: readonly string[], body: string, to: string): string {
    const inDialog = to.startsWith('[$');
    const uri = inDialog ? '[next_url]' : 'sip:[service]@[domain]';
    const from = this.#role === 'caller' ? ` ${this.#self}` : `[$to];tag=${this.#tag}`;
    return [
      `${method} ${uri} SIP/2.0`,
      VIA,
      'Max-Forwards: 70',
      `From:${from}`,
      `To:${inDialog ? to : ` <sip:[service]@[domain]>${to}`}`,
      'Call-ID: [call_id]',
      `CSeq: ${seq} ${method}`,
      ...headers,
      'Content-Length: [len]',
      '',
      body,
    ].join('\n');
  }

  #response(status: number, tag: string, body: string, contact: boolean, headers: readonly string[] = []): string {
    const typed = body === '' ? [] : ['Content-Type: application/sdp'];
    const lines = ['[last_Via:]', '[last_From:]', `[last_To:]${tag}`, '[last_Call-ID:]', '[last_CSeq:]'];
    const own = contact && headers.length === 0 ? [CONTACT] : [];
    return [
      `SIP/2.0 ${status} As Written`,
      ...lines,
      ...own,
      ...headers,
      ...typed,
      'Content-Length: [len]',
      '',
      body,
    ].join('\n');
  }

  // Steps

  #step(...steps: string[]): void {
    this.#steps.push(...steps);
  }

  #send(message: string, repeated = true): void {
    this.#step(`<send${repeated ? ' retrans="500"' : ''}><![CDATA[\n${message}\n]]></send>`);
  }

  #recv(method: string, actions: readonly string[]): void {
    const done = actions.length === 0 ? '' : `<action>${actions.join('')}</action>`;
    this.#step(`<recv request="${method}"${method === 'INVITE' ? ' rrs="true"' : ''}>${done}</recv>`);
  }

  #take(variable: string, header: string): string {
    this.#variables.add(variable);
    return `<ereg regexp=".*" search_in="hdr" header="${header}" check_it="true" assign_to="${variable}"/>`;
  }

  #takePort(expression: Expected, streams: 1 | 2 = 1): string {
    const names = ['all', 'port', 'port2'].slice(0, streams + 1);
    for (const variable of names) this.#variables.add(variable);
    return `<ereg regexp="${text(expression)}" search_in="body" check_it="true" assign_to="${names.join(',')}"/>`;
  }

  #check(expression: Expected): string {
    const variable = `seen${++this.#named}`;
    this.#variables.add(variable);
    return `<ereg regexp="${text(expression)}" search_in="body" check_it="true" assign_to="${variable}"/>`;
  }
}
