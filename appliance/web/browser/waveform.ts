/** The picture of a recording: two lanes on one time axis, gaps behind, marks above. The audio element is the control. */
import type { Mark } from './open-recording.ts';
import type { Sound } from './sound.ts';

export interface WaveView {
  /** Loudest sample of each 50 ms, 0 to 1, a side each; null while sealed. */
  readonly peaks: readonly [Float32Array, Float32Array] | null;
  readonly durationMs: number;
  readonly marks: readonly Mark[];
  readonly positionMs: number;
  readonly texts: { readonly caller: string; readonly callee: string; readonly sealed: string };
}

const PEAK_MS = 50;

export function peaksOf({ rate, sides }: Sound): [Float32Array, Float32Array] {
  const span = (rate * PEAK_MS) / 1000;
  const peaks = (line: Int16Array) =>
    Float32Array.from({ length: Math.ceil(line.length / span) }, (_, at) => {
      let peak = 0;
      const end = Math.min(line.length, (at + 1) * span);
      for (let n = at * span; n < end; n++) peak = Math.max(peak, Math.abs(line[n]!));
      return peak / 32768;
    });
  return [peaks(sides[0]), peaks(sides[1])];
}

/** `4:12` or `1:02:45`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:${two(Math.floor(seconds / 60) % 60)}` : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** A colour of the stylesheet as it is now: it follows light, dark and forced colours. */
function colour(canvas: HTMLElement, token: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${token})`;
  canvas.after(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Letters of marks, above the lanes. */
export const letterOf = ({ kind }: Mark): string => (kind === 'part' ? 'C' : 'G');

/** Below this a recording is shown as quiet as it is: noise must not look like speech. */
const QUIETEST = 0.1;

const TOP = 34;
const FOOT = 26;
const NAME = 18;

/** Seconds between two figures of the axis, so that about eight fit. */
const stepOf = (durationMs: number, width: number): number =>
  [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].find((step) => (durationMs / 1000 / step) * 64 < width) ?? 7200;

/** Draws everything anew: called on time, size and theme changes. */
export function drawWave(canvas: HTMLCanvasElement, view: WaveView): void {
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!context || width === 0) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  context.scale(devicePixelRatio, devicePixelRatio);
  const paint = (token: string) => colour(canvas, token);
  const family = getComputedStyle(canvas).fontFamily;
  const lane = (height - TOP - FOOT) / 2;
  const x = (ms: number) => (view.durationMs > 0 ? (ms / view.durationMs) * width : 0);
  const write = (
    text: string,
    at: number,
    y: number,
    token: string,
    weight = 400,
    align: CanvasTextAlign = 'start',
  ) => {
    context.font = `${weight} 12px ${family}`;
    context.fillStyle = paint(token);
    context.textAlign = align;
    context.textBaseline = 'middle';
    context.fillText(text, at, y);
  };

  for (const mark of view.marks) {
    if (mark.kind === 'part') continue;
    context.fillStyle = paint('bad');
    context.fillRect(x(mark.atMs), TOP, Math.max(2, x(mark.lengthMs)), lane * 2);
  }
  const inGap = (ms: number) =>
    view.marks.some(({ kind, atMs, lengthMs }) => kind !== 'part' && ms >= atMs && ms < atMs + lengthMs);
  // One scale for both lanes, so that they can be compared; the loudest fills its lane.
  const loudest =
    view.peaks?.reduce((most, lane) => lane.reduce((max, peak) => Math.max(max, peak), most), QUIETEST) ?? 1;
  for (const side of [0, 1] as const) {
    const middle = TOP + lane * side + NAME + (lane - NAME) / 2;
    context.fillStyle = paint(side === 0 ? 'accent' : 'slate');
    const peaks = view.peaks?.[side];
    const columns = Math.floor(width / 3);
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column / columns) * (peaks?.length ?? 0));
      const to = Math.max(from + 1, Math.floor(((column + 1) / columns) * (peaks?.length ?? 0)));
      if (inGap((column / columns) * view.durationMs)) continue;
      const peak = peaks ? Math.max(0, ...peaks.subarray(from, to)) / loudest : 0;
      const tall = Math.max(1, peak * (lane - NAME - 6));
      context.fillRect(column * 3, middle - tall / 2, 2, tall);
    }
  }
  context.fillStyle = paint('line');
  context.fillRect(0, TOP + lane, width, 1);

  let free = -99;
  for (const mark of view.marks) {
    const at = Math.max(Math.min(x(mark.atMs), width - 20), free);
    context.strokeStyle = paint('line-strong');
    context.fillStyle = paint('surface');
    context.beginPath();
    context.roundRect(at + 0.5, 5.5, 19, 19, 4);
    context.fill();
    context.stroke();
    write(letterOf(mark), at + 10, 15.5, 'ink', 600, 'center');
    free = at + 23;
  }
  for (const [side, name] of [view.texts.caller, view.texts.callee].entries()) {
    context.font = `600 12px ${family}`;
    context.fillStyle = paint('surface');
    context.fillRect(1, TOP + lane * side + 1, context.measureText(name).width + 9, 17);
    write(name, 5, TOP + lane * side + 10, side === 0 ? 'accent' : 'slate', 600);
  }
  const step = stepOf(view.durationMs, width) * 1000;
  for (let at = 0; at <= view.durationMs - step / 2; at += step) {
    write(clock(at), x(at), height - 8, 'ink-soft', 400, at === 0 ? 'start' : 'center');
  }
  write(clock(view.durationMs), width, height - 8, 'ink-soft', 400, 'end');
  if (view.positionMs > 0) {
    context.fillStyle = paint('ink');
    context.fillRect(x(view.positionMs), TOP - 6, 2, lane * 2 + 12);
  }
  if (!view.peaks) {
    context.font = `600 12px ${family}`;
    const half = context.measureText(view.texts.sealed).width / 2 + 12;
    context.fillStyle = paint('surface');
    context.fillRect(width / 2 - half, TOP + lane - 14, half * 2, 28);
    write(view.texts.sealed, width / 2, TOP + lane, 'ink', 600, 'center');
  }
}
