/** A demo phone for the command line: speaks a WAV file, writes down what it hears. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makePrompt } from '../appliance/media/prompts/prompt.ts';
import { writeWav } from '../appliance/media/prompts/wav.ts';
import { openProofPhone } from '../appliance/proof/phone.ts';
import { laidOut } from './demo/laid-out.ts';

const usage = `A demo phone (TLS, SRTP, PCMA):

  npm run -s call -- --box HOST:PORT --domain DOMAIN --ca FILE --user USER --secret-file FILE --speak IN.wav --hear OUT.wav
                     [--to USER] [--seconds N]

With --to it calls that user; without, it waits for a call and answers. It hangs up after N seconds (default 15).
--ca is the box's own certificate: identity/certificate.pem in its data directory.`;

const { values } = parseArgs({
  options: {
    box: { type: 'string' },
    domain: { type: 'string' },
    ca: { type: 'string' },
    user: { type: 'string' },
    'secret-file': { type: 'string' },
    speak: { type: 'string' },
    hear: { type: 'string' },
    to: { type: 'string' },
    seconds: { type: 'string', default: '15' },
    help: { type: 'boolean', short: 'h' },
  },
});
const { box, domain, ca, user, 'secret-file': secretFile, speak, hear, to } = values;
const seconds = Number(values.seconds);
const complete = box && domain && ca && user && secretFile && speak && hear && seconds > 0;
if (values.help || !complete) {
  process.stderr.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}
const cut = box.lastIndexOf(':');
const phone = await openProofPhone({
  address: '127.0.0.1',
  user,
  secret: readFileSync(secretFile, 'utf8').trim(),
  domain,
  box: {
    transport: 'TLS',
    address: box.slice(0, cut),
    port: Number(box.slice(cut + 1)),
    tls: { ca: readFileSync(ca, 'utf8'), servername: domain },
  },
  speak: makePrompt('speak', readFileSync(speak)),
  ports: [30_000, 30_999],
});
await phone.register();
process.stderr.write(to ? `${user} calls ${to}\n` : `${user} waits for a call\n`);
const call = await (to ? phone.dial(to) : phone.answer());
process.stderr.write('connected\n');
await Promise.race([call.ended, delay(seconds * 1000)]);
call.hangUp();
const samples = laidOut(call.heard());
await call.close();
await phone.close();
writeFileSync(hear, writeWav({ sampleRate: 8000, channels: [samples] }));
process.stderr.write(`heard ${(samples.length / 8000).toFixed(1)} s: ${hear}\n`);
process.exit(0);
