import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { checkRequest, checkResponse } from '../../../appliance/sip/message/essentials.ts';
import { parseMessage } from '../../../appliance/sip/message/parse.ts';
import { rfc4475 } from './rfc4475.ts';

/** Beside the checkout on machines that have it; the tests of sip/message stand without it. */
const folder = join(import.meta.dirname, '../../../../shared/vectors/sip-torture/rfc4475');

/** What the transaction layer and its user decide, not the message layer. */
const later = new Set(['intmeth', 'esc02', 'bext01', 'invut', 'sdp01', 'regaut01', 'unksm2']);

for (const [name, expected] of Object.entries(rfc4475)) {
  const path = join(folder, `${name}.dat`);
  test(`RFC 4475 ${name}`, (t) => {
    if (!existsSync(path)) {
      t.log('not at hand');
      return t.pass();
    }
    const message = parseMessage(readFileSync(path));
    if (message.kind === 'response') return t.is(checkResponse(message), !['bcast', 'scalarlg'].includes(name));
    const status =
      message.kind === 'unusable'
        ? (message.answerable?.status ?? 'silence')
        : (checkRequest(message)?.status ?? 'valid');
    if (later.has(name)) return t.is(status, 'valid');
    return typeof expected === 'string'
      ? t.is(status, expected)
      : t.true(expected.includes(status as number), `${status}`);
  });
}
