/** <recording-player>: brings the page of one recording to life. It asks why, reads the key, opens, plays; and forgets when one leaves. */
import { forget, isRecipient, readKeyFile, unlock } from './custodian-key.ts';
import { askToSave, type Mark, type OpenedRecording, openRecording, type Stage } from './open-recording.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { toWav } from './wav.ts';
import { clock, drawWave, letterOf, peaksOf, type WaveView } from './waveform.ts';

type Texts = Readonly<Record<string, string>>;

/** An element of the page by its id. The server writes them all. */
const byId = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

/** Field that a refusal is about: the summary links to it. */
const fieldOf: Partial<Record<RefusalCode, string>> = {
  reason_missing: 'why',
  key_missing: 'key',
  not_a_private_key: 'key',
  wrong_key: 'key',
  wrong_passphrase: 'passphrase',
  passphrase_missing: 'passphrase',
};

class RecordingPlayer extends HTMLElement {
  #view: WaveView | null = null;
  #url: string | null = null;

  get #texts(): Texts {
    return JSON.parse(this.dataset.texts ?? '{}') as Texts;
  }

  connectedCallback(): void {
    const { caller = '', callee = '', sealed = '' } = this.#texts;
    const durationMs = Number(this.dataset.duration);
    this.#view = { peaks: null, durationMs, marks: [], positionMs: 0, texts: { caller, callee, sealed } };
    const canvas = this.#canvas;
    new ResizeObserver(() => this.#draw()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    addEventListener('pagehide', () => this.#forget());
    this.#listenToPlayer(canvas);
    this.#listenToDialog();
  }

  get #canvas(): HTMLCanvasElement {
    return byId('wave').querySelector('canvas')!;
  }

  get #audio(): HTMLAudioElement {
    return byId('wave').querySelector('audio')!;
  }

  #draw(): void {
    if (this.#view) drawWave(this.#canvas, { ...this.#view, positionMs: this.#audio.currentTime * 1000 });
  }

  #listenToPlayer(canvas: HTMLCanvasElement): void {
    const audio = this.#audio;
    audio.addEventListener('timeupdate', () => this.#draw());
    audio.addEventListener('seeked', () => this.#draw());
    canvas.addEventListener('click', (event) => {
      if (!this.#url || !this.#view) return;
      audio.currentTime = ((event.offsetX / canvas.clientWidth) * this.#view.durationMs) / 1000;
    });
  }

  #listenToDialog(): void {
    const open = document.getElementById('open');
    // Not everybody who sees the recording may open it.
    if (!open) return;
    const dialog = byId<HTMLDialogElement>('ask');
    open.hidden = false;
    const save = byId<HTMLAnchorElement>('save');
    save.addEventListener('click', (event) => {
      event.preventDefault();
      void this.#save(save);
    });
    open.addEventListener('click', () => dialog.showModal());
    byId('ask-cancel').addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      byId<HTMLInputElement>('passphrase').value = '';
      byId<HTMLInputElement>('key').value = '';
    });
    byId('ask-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#open(dialog);
    });
  }

  async #open(dialog: HTMLDialogElement): Promise<void> {
    const button = byId<HTMLButtonElement>('ask-open');
    this.#complain(null);
    button.disabled = true;
    try {
      this.#show(await this.#ask());
      dialog.close();
      byId('status').focus();
    } catch (error) {
      this.#complain(error instanceof Refusal ? error : new Refusal('failed', undefined, error));
    } finally {
      button.disabled = false;
      byId('ask-progress').hidden = true;
    }
  }

  async #ask(): Promise<OpenedRecording> {
    const reason = this.#reason();
    if (!reason.has('why')) throw new Refusal('reason_missing');
    const file = byId<HTMLInputElement>('key').files?.[0];
    if (!file) throw new Refusal('key_missing');
    this.#progress(this.#texts.unlocking ?? '');
    const locked = await readKeyFile(file);
    // Known before anything is asked of the box: a wrong file leaves no entry in the audit log.
    if (!isRecipient(locked, (this.dataset.recipients ?? '').split(' '))) throw new Refusal('wrong_key');
    const key = await unlock(locked, byId<HTMLInputElement>('passphrase').value);
    try {
      return await openRecording({
        expected: {
          id: this.dataset.id ?? '',
          segments: Number(this.dataset.segments),
          root: this.dataset.root ?? '',
        },
        durationMs: Number(this.dataset.duration),
        key,
        reason,
        onStage: (stage) => this.#progress(this.#stageText(stage)),
      });
    } finally {
      forget(key);
    }
  }

  /** For what, and the case, as they were chosen when it was opened. */
  #reason(): URLSearchParams {
    const reason = new URLSearchParams();
    for (const [name, value] of new FormData(byId<HTMLFormElement>('ask-form'))) {
      if (typeof value === 'string') reason.append(name, value);
    }
    return reason;
  }

  /** A file leaves the browser, and what the box can see ends there: it is asked and writes it down first. */
  async #save(save: HTMLAnchorElement): Promise<void> {
    const status = byId('status');
    try {
      await askToSave(this.dataset.id ?? '', this.#reason());
      const link = document.createElement('a');
      link.href = save.href;
      link.download = save.download;
      link.click();
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('failed', undefined, error);
      status.textContent = refusal.told ?? this.#texts[refusal.code] ?? '';
      status.hidden = false;
    }
  }

  #stageText(stage: Stage): string {
    const text = this.#texts[stage.at] ?? '';
    return stage.at === 'opening' ? filled(text, { at: stage.segment, of: stage.of }) : text;
  }

  #progress(text: string): void {
    const progress = byId('ask-progress');
    progress.hidden = false;
    progress.textContent = text;
  }

  #complain(refusal: Refusal | null): void {
    const errors = byId('ask-errors');
    errors.hidden = refusal === null;
    for (const id of ['why', 'key', 'passphrase']) byId(id).removeAttribute('aria-invalid');
    if (!refusal) return;
    const field = fieldOf[refusal.code];
    const link = errors.querySelector('a')!;
    link.href = `#${field ?? 'ask-open'}`;
    link.textContent = refusal.told ?? filled(this.#texts[refusal.code] ?? '', { names: this.dataset.names ?? '' });
    if (field && field !== 'why') byId(field).setAttribute('aria-invalid', 'true');
    link.focus();
  }

  #show(opened: OpenedRecording): void {
    this.#forget();
    const texts = this.#texts;
    const canvas = this.#canvas;
    const audio = this.#audio;
    this.#view = {
      ...this.#view!,
      peaks: peaksOf(opened.sound),
      durationMs: opened.durationMs,
      marks: opened.marks,
    };
    this.#url = URL.createObjectURL(toWav(opened.sound));
    audio.src = this.#url;
    audio.hidden = false;
    canvas.setAttribute('aria-label', canvas.dataset.openLabel ?? '');
    byId('wave').classList.remove('door');
    byId('open').hidden = true;
    const save = byId<HTMLAnchorElement>('save');
    save.href = this.#url;
    save.download = `${this.dataset.id}.wav`;
    save.hidden = false;
    const status = byId('status');
    status.hidden = false;
    const { language, timeZone } = this.dataset;
    const now = new Date().toLocaleTimeString(language, {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    status.textContent = filled(texts.opened ?? '', { time: now });
    this.#addOpening(now);
    this.#tell(opened);
    this.#list(opened.marks);
    this.#draw();
  }

  /** What the audit log now says too, at the top of who opened it before. */
  #addOpening(time: string): void {
    const reason = [...new FormData(byId<HTMLFormElement>('ask-form')).values()].filter(Boolean).join(' ');
    const entry = document.createElement('li');
    const who = document.createElement('span');
    who.textContent = filled(this.#texts.you ?? '', { reason });
    const when = document.createElement('time');
    when.textContent = time;
    entry.append(who, when);
    byId('openings').prepend(entry);
    byId('openings').hidden = false;
    byId('never-opened').hidden = true;
  }

  #tell({ whole, all }: OpenedRecording): void {
    const texts = this.#texts;
    const entry = byId('whole');
    const [state, more] = entry.children as unknown as [HTMLElement, HTMLElement];
    state.className = `state ${whole === all ? 'ok' : 'bad'}`;
    state.textContent = filled(texts.whole ?? '', { whole, all });
    more.textContent = (whole === all ? texts.wholeMore : texts.notWhole) ?? '';
  }

  #list(marks: readonly Mark[]): void {
    const texts = this.#texts;
    const section = byId('marks-section');
    section.hidden = false;
    section.querySelector('table')!.hidden = marks.length === 0;
    byId('no-marks').hidden = marks.length > 0;
    const words: Record<Mark['kind'], string> = {
      damaged: texts.markDamaged ?? '',
      missing: texts.markMissing ?? '',
      dropped: texts.markDropped ?? '',
      part: texts.markPart ?? '',
    };
    const rows = marks.map((mark) => {
      const row = document.createElement('tr');
      const letter = document.createElement('span');
      letter.className = 'mark';
      letter.textContent = letterOf(mark);
      const seek = document.createElement('button');
      seek.type = 'button';
      seek.className = 'seek';
      seek.textContent = clock(mark.atMs);
      seek.addEventListener('click', () => {
        this.#audio.currentTime = mark.atMs / 1000;
      });
      const values = mark.kind === 'dropped' ? { frames: mark.frames } : {};
      const length = mark.lengthMs > 0 ? clock(mark.lengthMs) : '–';
      for (const content of [letter, seek, length, filled(words[mark.kind], values)]) {
        const cell = document.createElement('td');
        cell.append(content);
        row.append(cell);
      }
      return row;
    });
    section.querySelector('tbody')!.replaceChildren(...rows);
  }

  /** Drops what was opened: nothing of it outlives the page. */
  #forget(): void {
    if (!this.#url) return;
    this.#audio.removeAttribute('src');
    this.#audio.load();
    URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.#view = { ...this.#view!, peaks: null };
  }
}

customElements.define('recording-player', RecordingPlayer);
