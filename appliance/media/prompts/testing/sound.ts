/** Sounds to test with, and how alike two sounds are. */

/** `seconds` of a sine; `level` is its peak. */
export const tone = (hertz: number, sampleRate: number, seconds: number, level = 10_000): Int16Array =>
  Int16Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) =>
    Math.round(level * Math.sin((2 * Math.PI * hertz * i) / sampleRate)),
  );

/** Sounds one over the other, as long as the first. */
export const mix = (first: Int16Array, ...others: readonly Int16Array[]): Int16Array =>
  first.map((sample, i) => others.reduce((sum, other) => sum + (other[i] ?? 0), sample));

/** Power of `sound` over that of its difference from `heard`, which came `delay` samples later; in dB, over the middle. */
export function signalToNoise(sound: Int16Array, heard: Int16Array, delay: number): number {
  let signal = 0;
  let noise = 0;
  for (let i = 400; i < Math.min(sound.length, heard.length - delay) - 400; i++) {
    signal += sound[i]! ** 2;
    noise += (sound[i]! - heard[i + delay]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** How strong one frequency is in a sound: its peak level (Goertzel). */
export function levelAt(hertz: number, sound: Int16Array, sampleRate: number): number {
  let real = 0;
  let imaginary = 0;
  sound.forEach((sample, i) => {
    const angle = (2 * Math.PI * hertz * i) / sampleRate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(real, imaginary)) / sound.length;
}
