/** Opus as sound at 8 kHz: libopus as WebAssembly, without the wrapper of its package, which keeps views of memory that has moved since. */
import { createRequire } from 'node:module';
import { MAX_OPUS_SAMPLES, RATE } from './limits.ts';

interface Handler {
  /** Samples of one channel, or a negative number: not Opus. Each sample is written as two numbers of 16 bits, its lower and its upper byte. */
  _decode(from: number, length: number, to: number): number;
  _decoder_ctl(request: number, value: number): number;
}

interface Native {
  readonly HEAPU8: Uint8Array;
  readonly HEAP16: Int16Array;
  _malloc(bytes: number): number;
  readonly OpusScriptHandler: new (rate: number, channels: number, application: number) => Handler;
}

const VOIP = 2048;
const RESET_STATE = 4028;
/** 20 ms: a CELT frame with its flag of silence. */
const SILENT_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);
/** RFC 6716 3.2: longer than any packet. */
const MAX_PACKET = 1500;

/** At once, not with the first call: it takes some 10 ms, and media workers have none to spare later. One for each thread. */
const native = (createRequire(import.meta.url)('opusscript/build/opusscript_native_wasm.js') as () => Native)();
const packetAt = native._malloc(MAX_PACKET);
const soundAt = native._malloc(4 * MAX_OPUS_SAMPLES);

/** Used again, never freed: the package frees a handler once when told to and once more when its JavaScript object is collected. */
const idle: Handler[] = [];

export class OpusDecoder {
  readonly #handler: Handler = idle.pop() ?? new native.OpusScriptHandler(RATE, 1, VOIP);

  /** Written into `sound`, which has room for MAX_OPUS_SAMPLES. Null: this is no Opus packet. */
  decode(packet: Uint8Array, sound: Int16Array): Int16Array | null {
    if (packet.length === 0 || packet.length > MAX_PACKET) return null;
    native.HEAPU8.set(packet, packetAt);
    const length = this.#handler._decode(packetAt, packet.length, soundAt);
    native.HEAPU8.fill(0, packetAt, packetAt + packet.length);
    if (length < 0) return null;
    const halves = native.HEAP16.subarray(soundAt >> 1, (soundAt >> 1) + 2 * length);
    for (let i = 0; i < length; i++) sound[i] = halves[2 * i]! | (halves[2 * i + 1]! << 8);
    halves.fill(0);
    return sound.subarray(0, length);
  }

  /** Forgets what it heard, and leaves its memory to the next one. It must not be used any more. */
  close(): void {
    this.decode(SILENT_PACKET, new Int16Array(MAX_OPUS_SAMPLES));
    this.#handler._decoder_ctl(RESET_STATE, 0);
    idle.push(this.#handler);
  }
}

// The first packet takes milliseconds, for its code is compiled then.
new OpusDecoder().close();
