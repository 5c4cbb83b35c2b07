/** Microseconds to listen for digits in one packet of 20 ms of speech, as is done on each recorded leg, by codec. Prints one line of JSON. */
import { spawnSync } from 'node:child_process';
import { encodePcma, encodePcmu } from '../../appliance/media/prompts/g711.ts';
import { G722Encoder } from '../../appliance/media/prompts/g722.ts';
import { encodeOpus } from '../../appliance/media/prompts/opus.ts';
import { resample } from '../../appliance/media/prompts/resample.ts';
import { mono, readWav } from '../../appliance/media/prompts/wav.ts';
import { KeyListener } from '../../appliance/media/relay/key-listener.ts';

const RUNS = 7;
const TEXT = 'This call is recorded to show what was agreed. It is kept for ninety days. '.repeat(12);

const { stdout, error } = spawnSync('espeak-ng', ['--stdout', TEXT], { maxBuffer: 2 ** 26 });
if (error) {
  process.stderr.write('espeak-ng is missing. Install it first: apt-get install espeak-ng.\n');
  process.exit(2);
}
// Written to a pipe, its length is not known.
stdout.writeUInt32LE(0xffff_ffff, 40);
const wav = readWav(stdout);
const at = (rate: number) => resample(mono(wav), wav.sampleRate, rate);
const cut = (bytes: Uint8Array) =>
  Array.from({ length: Math.floor(bytes.length / 160) }, (_, i) => bytes.subarray(i * 160, (i + 1) * 160));

const packets = {
  PCMA: cut(encodePcma(at(8000))),
  PCMU: cut(encodePcmu(at(8000))),
  G722: cut(new G722Encoder().encode(at(16_000))),
  opus: encodeOpus(at(48_000)),
} as const;

/** The best of several runs: what disturbs a run only ever makes it slower. */
function microseconds(name: keyof typeof packets): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const keys = new KeyListener(() => {});
    const codec = { name, clockRate: 8000, channels: 1, fmtp: null };
    const begun = process.cpuUsage();
    for (const packet of packets[name]) keys.sound(codec, packet, 0);
    const { user, system } = process.cpuUsage(begun);
    best = Math.min(best, (user + system) / packets[name].length);
    keys.rest();
  }
  return Math.round(best * 10) / 10;
}

const names = Object.keys(packets) as (keyof typeof packets)[];
process.stdout.write(
  `${JSON.stringify({ packets: packets.PCMA.length, ...Object.fromEntries(names.map((name) => [name, microseconds(name)])) })}\n`,
);
