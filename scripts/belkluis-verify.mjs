#!/usr/bin/env node
// @ts-check
/**
 * belkluis-verify: checks what a Belkluis box says about itself, without the box, a network, or any code of the box.
 * One file, no packages: Node 22.13 or newer. It reads an audit database, an export of it, a proof of one event, or a deletion
 * certificate, and knows by the content which it is. Of a fleet it reads exports of its own log, and audit packs.
 *
 * What it rests on: RFC 6962 2.1 (tree), C2SP signed-note, tlog-checkpoint and tlog-cosignature (signatures), and
 * leaf = SHA-256(0x00 ‖ salt ‖ canonical JSON of the event).
 */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = `belkluis-verify FILE --key device-public.pem [options]

  FILE                  audit.db of a box, an export, a proof or a deletion certificate; the audit pack of a fleet
  --key FILE            the public key (PEM) of the box, as \`belkluis audit key\` prints it, or of the fleet
  --fingerprint HEX     SHA-256 of that key; alone, it vouches for the key that FILE holds
  --witness NAME=KEY    somebody whose cosignature counts: 32 bytes of base64, or a PEM file; may be repeated
  --quorum N            how many of them must have signed (default: all)
  --against FILE        an older checkpoint of the box: is it continued?
  --json                one JSON object

Exit: 0 it holds, 1 tampered with, 2 fork or rollback, 3 not witnessed, 64 not understood.`;

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {{ origin: string, deviceId: string, generation: number, size: number, root: Buffer }} Head */
/** @typedef {{ name: string, key: KeyObject, raw: Buffer }} Named */
/** @typedef {{ text: string, lines: { name: string, id: Buffer, signature: Buffer }[] }} Note */
/** @typedef {{ key: KeyObject, raw: Buffer, witnesses: Named[], quorum: number, older: Head | null }} Terms */

/** The end of a check, with its exit code. */
class Verdict extends Error {
  /** @param {number} exit @param {string} verdict @param {string} sentence @param {object} [facts] */
  constructor(exit, verdict, sentence, facts = {}) {
    super(sentence);
    this.exit = exit;
    this.verdict = verdict;
    this.facts = facts;
  }
}
/** @param {string} why @param {object} [facts] */
const tampered = (why, facts) => new Verdict(1, 'tampered', `TAMPERED WITH: ${why}.`, facts);
/** @param {string} why */
const rollback = (why) => new Verdict(2, 'rollback', `ROLLED BACK: ${why}.`);
/** @param {string} why */
const fork = (why) => new Verdict(2, 'fork', `FORK: ${why}.`);
/** @param {string} why */
const unusable = (why) => new Verdict(64, 'usage', why);

// Hashes and the tree ------------------------------------------------------------------------------------------------------------------

/** @param {...(Uint8Array | string)} parts @returns {Buffer} */
function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
/** @param {Uint8Array} left @param {Uint8Array} right */
const pair = (left, right) => sha256(NODE, left, right);
/** @param {Uint8Array} salt @param {string} body */
const leafOf = (salt, body) => sha256(LEAF, salt, body);
/** @param {Uint8Array} a @param {Uint8Array} b */
const same = (a, b) => Buffer.compare(a, b) === 0;
/** Largest power of two below n. @param {number} n */
const halfOf = (n) => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** Root that a path leads to (RFC 6962 2.1.1, read backwards). @param {Buffer} leaf @param {number} index @param {number} size @param {Buffer[]} path @returns {Buffer} */
function climb(leaf, index, size, path) {
  if (size === 1) {
    if (path.length > 0) throw tampered('the path is too long');
    return leaf;
  }
  const sibling = path.at(-1);
  if (!sibling) throw tampered('the path is too short');
  const rest = path.slice(0, -1);
  const half = halfOf(size);
  return index < half
    ? pair(climb(leaf, index, half, rest), sibling)
    : pair(sibling, climb(leaf, index - half, size - half, rest));
}

/** Whether a tree continues an older one (RFC 6962 2.1.2, read backwards). @param {number} first @param {Buffer} firstRoot @param {number} second @param {Buffer} secondRoot @param {Buffer[]} proof */
function continues(first, firstRoot, second, secondRoot, proof) {
  const left = [...proof];
  /** @param {number} m @param {number} n @param {boolean} whole @returns {[Buffer, Buffer] | null} old and new root of this part */
  const walk = (m, n, whole) => {
    if (m === n && whole) return [firstRoot, firstRoot];
    const last = left.pop();
    if (!last) return null;
    if (m === n) return [last, last];
    const half = halfOf(n);
    const inner = m <= half ? walk(m, half, whole) : walk(m - half, n - half, false);
    if (!inner) return null;
    return m <= half ? [inner[0], pair(inner[1], last)] : [pair(last, inner[0]), pair(last, inner[1])];
  };
  if (first === 0) return proof.length === 0;
  if (first > second) return false;
  const roots = walk(first, second, true);
  return roots !== null && left.length === 0 && same(roots[0], firstRoot) && same(roots[1], secondRoot);
}

/** A tree that grows; `closed` hears of each inner node. */
class Tree {
  /** @type {{ level: number, hash: Buffer }[]} */
  peaks = [];
  size = 0;
  /** @param {(level: number, index: number, hash: Buffer) => void} closed */
  constructor(closed = () => undefined) {
    this.closed = closed;
  }
  /** @param {Buffer} leaf */
  add(leaf) {
    let peak = { level: 0, hash: leaf };
    this.size += 1;
    for (let last = this.peaks.at(-1); last && last.level === peak.level; last = this.peaks.at(-1)) {
      this.peaks.pop();
      peak = { level: peak.level + 1, hash: pair(last.hash, peak.hash) };
      this.closed(peak.level, this.size / 2 ** peak.level - 1, peak.hash);
    }
    this.peaks.push(peak);
  }
  /** @returns {Buffer} */
  root() {
    let root = this.peaks.at(-1)?.hash ?? sha256();
    for (let at = this.peaks.length - 2; at >= 0; at--) root = pair(/** @type {any} */ (this.peaks[at]).hash, root);
    return root;
  }
}

// Notes, keys, signatures --------------------------------------------------------------------------------------------------------------

/** @param {unknown} text @param {number} [length] @returns {Buffer | null} */
function base64(text, length) {
  if (typeof text !== 'string') return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text && (length === undefined || bytes.length === length) ? bytes : null;
}

/** @param {Buffer} raw @returns {KeyObject} */
const keyOf = (raw) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });

/** @param {string} name @param {number} type @param {Buffer} raw */
const keyId = (name, type, raw) => sha256(`${name}\n`, Uint8Array.of(type), raw).subarray(0, 4);

/** @param {string} note @returns {Note | null} */
function readNote(note) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const lines = [];
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, name, encoded] = /^— ([^\s+]+) (\S+)$/.exec(line) ?? [];
    const bytes = base64(encoded);
    if (!name || !bytes || bytes.length <= 4) return null;
    lines.push({ name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) });
  }
  return { text: note.slice(0, end + 1), lines };
}

/** The head in a note that the box has signed; null when it has not. @param {string} note @param {Buffer} raw @param {KeyObject} key @returns {{ head: Head, note: Note } | null} */
function openHead(note, raw, key) {
  const parsed = readNote(note);
  const [, origin = '', deviceId = '', generation, size, root] =
    /^((?:box|fleet)\/([^/\s+]+)\/audit\/([1-9]\d{0,8}))\n(0|[1-9]\d{0,14})\n(\S+)\n$/.exec(parsed?.text ?? '') ?? [];
  const rootBytes = base64(root, 32);
  if (!parsed || !rootBytes) return null;
  const id = keyId(origin, 1, raw);
  const line = parsed.lines.find((one) => one.name === origin && same(one.id, id));
  if (line?.signature.length !== 64) return null;
  if (!verifySignature(null, Buffer.from(parsed.text), key, line.signature)) return null;
  const head = { origin, deviceId, generation: Number(generation), size: Number(size), root: rootBytes };
  return { head, note: parsed };
}

/** Whether a witness signed a note (tlog-cosignature v1). @param {Note} note @param {Named} witness */
function cosigned({ text, lines }, { name, raw, key }) {
  const id = keyId(name, 4, raw);
  return lines.some((line) => {
    if (line.name !== name || !same(line.id, id) || line.signature.length !== 72) return false;
    const message = `cosignature/v1\ntime ${line.signature.readBigUInt64BE(0)}\n${text}`;
    return verifySignature(null, Buffer.from(message), key, line.signature.subarray(8));
  });
}

/** @param {Note} note @param {Terms} terms */
const witnessed = (note, { witnesses, quorum }) =>
  witnesses.filter((witness) => cosigned(note, witness)).length >= quorum;

// A whole log --------------------------------------------------------------------------------------------------------------------------

/** A set of indexes, a bit each. */
class Bits {
  bytes = Buffer.alloc(1 << 16);
  /** @param {number} index */
  set(index) {
    const at = Math.floor(index / 8);
    while (at >= this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    this.bytes.writeUInt8(this.bytes.readUInt8(at) | (1 << (index % 8)), at);
  }
  /** @param {number} index */
  has(index) {
    const at = Math.floor(index / 8);
    return at < this.bytes.length && (this.bytes.readUInt8(at) & (1 << (index % 8))) !== 0;
  }
}

/** Everything that must hold of a log, event by event and checkpoint by checkpoint, in their order. */
class Walk {
  gone = new Bits();
  forgotten = new Bits();
  erased = 0;
  generation = 0;
  signed = 0;
  witnessedTo = -1;
  notes = 0;
  /** Where each generation after the first was opened. @type {{ generation: number, at: number }[]} */
  openings = [];
  /** @type {Verdict | null} */
  older = null;
  /** @type {string | undefined} */
  device;

  /** @param {Terms} terms @param {(level: number, index: number, hash: Buffer) => void} [closed] */
  constructor(terms, closed) {
    this.terms = terms;
    this.tree = new Tree(closed);
    this.compareOlder();
  }

  /** @param {number} index @param {Buffer} leaf @param {Uint8Array | null} salt @param {string | null} body */
  event(index, leaf, salt, body) {
    if (index !== this.tree.size) throw tampered(`event ${this.tree.size} is missing`);
    if (leaf.length !== 32) throw tampered(`event ${index} has no leaf`);
    if (body === null || salt === null) {
      this.gone.set(index);
      this.erased += 1;
    } else {
      if (!same(leafOf(salt, body), leaf)) throw tampered(`event ${index} is not what was committed to`);
      if (body.endsWith('"kind":"log_opened"}')) this.opened(index, JSON.parse(body).facts);
      if (body.endsWith('"kind":"events_forgotten"}')) {
        for (const [from, to] of JSON.parse(body).facts.runs) {
          if (from > to || to >= index) throw tampered(`event ${index} forgets what was not there yet`);
          for (let at = from; at <= to; at++) this.forgotten.set(at);
        }
      }
    }
    this.tree.add(leaf);
    this.compareOlder();
  }

  /** @param {number} index @param {{ deviceId: string, generation: number, previousSize: number | null, previousRoot: string | null }} facts */
  opened(index, facts) {
    this.device ??= facts.deviceId;
    const goesOn = facts.previousSize === index && facts.previousRoot === this.tree.root().toString('hex');
    const holds =
      facts.deviceId === this.device &&
      (this.generation === 0 && facts.generation === 1
        ? true
        : facts.generation === Math.max(1, this.generation) + 1 && goesOn);
    if (!holds) throw tampered(`event ${index} opens a log that does not continue the one before it`);
    this.generation = facts.generation;
    this.openings.push({ generation: facts.generation, at: index });
  }

  /** @param {number} size @param {string} text */
  checkpoint(size, text) {
    const opened = openHead(text, this.terms.raw, this.terms.key);
    if (!opened) throw tampered(`the checkpoint at ${size} events is not signed by this box`);
    const { head, note } = opened;
    this.device ??= head.deviceId;
    const holds =
      head.size === size &&
      size === this.tree.size &&
      head.deviceId === this.device &&
      head.generation === Math.max(1, this.generation) &&
      same(head.root, this.tree.root());
    if (!holds) throw tampered(`the log is not the one that was signed at ${size} events`);
    this.signed = size;
    this.notes += 1;
    if (witnessed(note, this.terms)) this.witnessedTo = size;
    return note;
  }

  compareOlder() {
    const { older } = this.terms;
    if (older && older.size === this.tree.size && !same(older.root, this.tree.root())) {
      this.older = fork(`the checkpoint of ${older.size} events that you gave is of another history`);
    }
  }

  /** @returns {Verdict} */
  end() {
    const { size } = this.tree;
    for (let at = 0; at < size; at++) {
      const [gone, forgotten] = [this.gone.has(at), this.forgotten.has(at)];
      if (gone && !forgotten) throw tampered(`event ${at} was removed, and the log does not say that it was forgotten`);
      if (forgotten && !gone) throw tampered(`event ${at} was forgotten, and is back`);
    }
    if (this.notes === 0) throw tampered('nothing in this log is signed by this box');
    const { older, witnesses, quorum } = this.terms;
    if (older) {
      if (older.deviceId !== this.device) throw unusable('The older checkpoint is of another box.');
      if (this.older) throw this.older;
      const next = this.openings.find(({ generation }) => generation > older.generation);
      const had = next ? next.at : size;
      const behind = older.generation > Math.max(1, this.generation);
      if (behind || had < older.size) {
        const now = behind ? `generation ${Math.max(1, this.generation)}` : `${had} events`;
        throw rollback(`the log had ${older.size} events in generation ${older.generation}; here it has ${now}`);
      }
    }
    if (witnesses.length > 0 && this.witnessedTo < 0) {
      throw new Verdict(
        3,
        'not_witnessed',
        `NOT WITNESSED: no checkpoint has the cosignatures of ${quorum} of the witnesses.`,
      );
    }
    const tail = size - this.signed;
    const facts = {
      deviceId: this.device,
      size,
      root: this.tree.root().toString('hex'),
      checkpoints: this.notes,
      signed: this.signed,
      forgotten: this.erased,
      witnessed: witnesses.length > 0 ? this.witnessedTo : null,
    };
    return new Verdict(
      0,
      'ok',
      `OK: ${size} events and ${this.notes} checkpoints of box ${this.device} hold; ${this.erased} were forgotten on time` +
        `${tail > 0 ? `; the last ${tail} are not signed yet` : ''}` +
        `${witnesses.length > 0 ? `; witnessed up to event ${this.witnessedTo}` : ''}.`,
      facts,
    );
  }
}

// The database -------------------------------------------------------------------------------------------------------------------------

/** How often the files are copied anew while the box writes to them. */
const COPIES = 5;

/** Copies a database with its write-ahead log, so that what is checked is never touched. @param {string} path @param {string} to */
function copyDatabase(path, to) {
  const state = () => {
    const { size, mtimeMs } = fs.statSync(path);
    return `${size} ${mtimeMs}`;
  };
  for (let tries = 0; tries < COPIES; tries++) {
    const before = state();
    fs.copyFileSync(path, to, fs.constants.COPYFILE_FICLONE);
    fs.rmSync(`${to}-wal`, { force: true });
    if (fs.existsSync(`${path}-wal`)) fs.copyFileSync(`${path}-wal`, `${to}-wal`, fs.constants.COPYFILE_FICLONE);
    if (state() === before) return;
  }
  throw unusable('The box is writing to this database. Stop it, or give a copy.');
}

const TABLES = ['bodies', 'checkpoints', 'cosignatures', 'frontier', 'leaves', 'nodes', 'state'];

/** Node's own SQLite, without the word "experimental" that Node 22 prints: it is no news for who checks a log. */
async function loadSqlite() {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return await import('node:sqlite');
  } catch {
    throw unusable(`Node ${process.versions.node} cannot read databases. Node 22.13 or newer is needed.`);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** @param {string} path @param {(raw: unknown) => Terms} termsFor @returns {Promise<Verdict>} */
async function checkDatabase(path, termsFor) {
  const folder = fs.mkdtempSync(join(tmpdir(), 'belkluis-verify-'));
  const clean = () => fs.rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    const copy = join(folder, 'audit.db');
    copyDatabase(fs.realpathSync(path), copy);
    const { DatabaseSync } = await loadSqlite();
    const database = new DatabaseSync(copy);
    try {
      return walkDatabase(database, termsFor);
    } catch (error) {
      if (error instanceof Verdict) throw error;
      throw tampered(`the database is damaged (${/** @type {Error} */ (error).message})`);
    } finally {
      database.close();
    }
  } finally {
    clean();
  }
}

/** @param {import('node:sqlite').DatabaseSync} database @param {(raw: unknown) => Terms} termsFor @returns {Verdict} */
function walkDatabase(database, termsFor) {
  /** @param {string} sql @param {...(string | number)} values @returns {any} */
  const one = (sql, ...values) => database.prepare(sql).get(...values);
  database.exec('PRAGMA trusted_schema = OFF');
  const damage = /** @type {{ integrity_check: string }[]} */ (database.prepare('PRAGMA integrity_check(1)').all());
  if (damage[0]?.integrity_check !== 'ok') throw tampered(`the database is damaged (${damage[0]?.integrity_check})`);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const version = one('PRAGMA user_version').user_version;
  if (version === 1) throw unusable('This log is of an earlier version. Start the box of this version on it once.');
  if (version !== 2) throw unusable('This is no audit log that this version of belkluis-verify knows.');
  if (tables.map(({ name }) => name).join() !== TABLES.join())
    throw tampered('tables are missing, or there are others');
  const states = /** @type {any[]} */ (database.prepare('SELECT * FROM state').all());
  const state = states[0];
  if (states.length !== 1) throw tampered('the log does not say how often it was signed');
  if (state.signer === null) throw tampered('nothing in this log is signed');
  const terms = termsFor(state.signer);
  const signer = base64(state.signer, 32);
  if (!signer || !same(signer, terms.raw)) throw tampered('the log was signed with another key than this box has');

  const nodeAt = database.prepare('SELECT hash FROM nodes WHERE level = ? AND position = ?');
  let nodes = 0;
  const walk = new Walk(terms, (level, index, hash) => {
    if (level % 4 !== 0) return;
    nodes += 1;
    const kept = /** @type {any} */ (nodeAt.get(level, index));
    if (!kept || !same(kept.hash, hash)) throw tampered(`the stored tree is wrong at event ${index * 2 ** level}`);
  });
  const notes = database
    .prepare(
      `SELECT checkpoints.number, checkpoints.size, note,
         (SELECT group_concat(line, char(10) ORDER BY number) FROM cosignatures WHERE cosignatures.size = checkpoints.size) AS lines
       FROM checkpoints ORDER BY number`,
    )
    .iterate();
  let next = /** @type {any} */ (notes.next().value);
  const signedHere = () => {
    while (next && next.size <= walk.tree.size) {
      if (next.number !== walk.notes + 1)
        throw tampered(`a checkpoint before the one at ${next.size} events is missing`);
      if (readNote(next.note)?.lines.length !== 1) throw tampered(`the checkpoint at ${next.size} events is not whole`);
      walk.checkpoint(next.size, next.lines === null ? next.note : `${next.note}${next.lines}\n`);
      next = notes.next().value;
    }
  };
  signedHere();
  const rows = database.prepare(
    'SELECT leaves.position, hash, salt, body FROM leaves LEFT JOIN bodies USING (position) ORDER BY leaves.position',
  );
  for (const { position, hash, salt, body } of /** @type {Iterable<any>} */ (rows.iterate())) {
    walk.event(position, Buffer.from(hash), salt, body);
    signedHere();
  }
  if (next) throw tampered(`the log was signed at ${next.size} events, and has ${walk.tree.size}`);
  if (walk.notes !== state.checkpoints)
    throw tampered(`${state.checkpoints} checkpoints were signed, and ${walk.notes} are here`);
  if (one('SELECT count(*) AS n FROM nodes').n !== nodes)
    throw tampered('the stored tree has nodes that are not in it');
  const stray = one('SELECT min(position) AS at FROM bodies WHERE position >= ? OR position < 0', walk.tree.size).at;
  if (stray !== null) throw tampered(`event ${stray} is not in the tree`);
  const frontier = /** @type {any[]} */ (
    database.prepare('SELECT leaves, hash FROM frontier ORDER BY leaves DESC').all()
  );
  const peaks = walk.tree.peaks;
  const ends =
    frontier.length === peaks.length &&
    peaks.every(({ level, hash }, at) => frontier[at].leaves === 2 ** level && same(frontier[at].hash, hash));
  if (!ends) throw tampered('events at the end of the log were removed or added');
  checkCosignatures(database, state.cosignatures);
  return walk.end();
}

/** Each stored cosignature against the key that stands beside it: whether that key counts is for --witness to say. @param {import('node:sqlite').DatabaseSync} database @param {number} many */
function checkCosignatures(database, many) {
  const rows = database.prepare(
    `SELECT cosignatures.number, witness, size, line, note FROM cosignatures LEFT JOIN checkpoints USING (size)
     ORDER BY cosignatures.number`,
  );
  let seen = 0;
  for (const { number, witness, size, line, note } of /** @type {Iterable<any>} */ (rows.iterate())) {
    seen += 1;
    const [, name = '', id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(witness) ?? [];
    const bytes = base64(key, 33);
    const whole = note === null ? null : readNote(`${note}${line}\n`);
    const raw = bytes?.subarray(1);
    const holds =
      number === seen &&
      raw &&
      bytes?.[0] === 4 &&
      keyId(name, 4, raw).toString('hex') === id &&
      whole?.lines.length === 2 &&
      cosigned({ text: whole.text, lines: whole.lines.slice(1) }, { name, raw, key: keyOf(raw) });
    if (!holds) throw tampered(`a cosignature at ${size} events does not hold`);
  }
  if (seen !== many) throw tampered(`${many} cosignatures were stored, and ${seen} are here`);
}

// Documents ----------------------------------------------------------------------------------------------------------------------------

/** Lines of a file, read as they are needed. @param {string} path @returns {Generator<string>} */
function* linesOf(path) {
  const file = fs.openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    for (let read = fs.readSync(file, chunk); read > 0; read = fs.readSync(file, chunk)) {
      let from = 0;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
        yield bytes.toString('utf8', from, at);
        from = at + 1;
      }
      rest = bytes.subarray(from);
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    fs.closeSync(file);
  }
}

/** @param {Iterator<string> & Iterable<string>} lines @param {(raw: unknown) => Terms} termsFor @returns {Verdict} */
function checkExport(lines, termsFor) {
  const header = JSON.parse(lines.next().value ?? '');
  const walk = new Walk(termsFor(header.signer));
  const signer = base64(header.signer, 32);
  if (!signer || !same(signer, walk.terms.raw)) throw tampered('the log was signed with another key than this box has');
  walk.device = header.deviceId;
  for (const line of lines) {
    /** @type {any} */
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      throw tampered(`the line after event ${walk.tree.size - 1} cannot be read`);
    }
    if (typeof entry?.checkpoint === 'string') {
      walk.checkpoint(entry.size, entry.checkpoint);
    } else {
      const leaf = base64(entry?.leaf, 32);
      const salt = base64(entry?.salt, 32);
      const body = typeof entry?.event === 'string' ? entry.event : null;
      if (!leaf || (body === null) !== (salt === null)) throw tampered(`event ${walk.tree.size} is not whole`);
      walk.event(entry.index, leaf, salt, body);
    }
  }
  if (walk.tree.size !== header.size || walk.signed !== header.size || header.size === 0) {
    throw tampered(`the export is not whole: ${header.size} events were written, ${walk.signed} are signed here`);
  }
  return walk.end();
}

/** A proof of one event, or a deletion certificate. @param {any} document @param {(raw: unknown) => Terms} termsFor @returns {Verdict} */
function checkDocument(document, termsFor) {
  const certificate = document.type === 'belkluis/deletion-certificate@1';
  const terms = termsFor(document.signer);
  const { index, size, proof, checkpoint, event } = document;
  const salt = base64(document.salt, 32);
  /** @param {unknown} list */
  const hashes = (list) => (Array.isArray(list) ? list.map((hash) => base64(hash, 32)) : [null]);
  const path = hashes(proof);
  const shaped = Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
  if (!shaped || path.includes(null) || typeof checkpoint !== 'string') throw tampered('the document is not whole');
  if ((typeof event === 'string') !== (salt !== null)) throw tampered('the document is not whole');
  const leaf = salt ? leafOf(salt, event) : base64(document.leaf, 32);
  if (!leaf || (!certificate && !same(leaf, base64(document.leaf, 32) ?? LEAF)))
    throw tampered('the event is not what was committed to');
  const opened = openHead(checkpoint, terms.raw, terms.key);
  if (!opened || opened.head.size !== size) throw tampered('its checkpoint is not signed by this box');
  const { head, note } = opened;
  if (!same(climb(leaf, index, size, /** @type {Buffer[]} */ (path)), head.root)) {
    throw tampered('the event is not in the log that was signed');
  }
  if (terms.older) {
    const { older } = terms;
    if (older.deviceId !== head.deviceId) throw unusable('The older checkpoint is of another box.');
    const since = document.since ? hashes(document.since.proof) : null;
    const provable =
      older.size === size || (since !== null && document.since.size === older.size && !since.includes(null));
    if (!provable)
      throw unusable(
        `The document holds no proof from ${older.size} events on. Ask for one: belkluis audit prove --since ${older.size}`,
      );
    const holds =
      older.size === size
        ? same(older.root, head.root)
        : continues(older.size, older.root, size, head.root, /** @type {Buffer[]} */ (since));
    if (!holds) throw fork(`the checkpoint of ${older.size} events that you gave is of another history`);
  }
  if (terms.witnesses.length > 0 && !witnessed(note, terms)) {
    throw new Verdict(
      3,
      'not_witnessed',
      `NOT WITNESSED: its checkpoint has not the cosignatures of ${terms.quorum} of the witnesses.`,
    );
  }
  const body = salt ? JSON.parse(event) : null;
  const facts = { deviceId: head.deviceId, index, size, event: body };
  if (!certificate) {
    const what = body ? `${body.kind}, ${new Date(body.at).toISOString()}` : 'what it said was forgotten';
    return new Verdict(
      0,
      'ok',
      `OK: event ${index} is in the log of box ${head.deviceId} at ${size} events: ${what}.`,
      facts,
    );
  }
  if (body?.kind !== 'erased') throw tampered('the event is not an erasure');
  const { recording, unreadableHereAt, unreadableInBackupsBy, epochKey } = body.facts;
  const kept =
    epochKey === 'tpm' ? 'its key was held by a TPM' : 'its key was held in a file, which somebody may have copied';
  return new Verdict(
    0,
    'ok',
    `OK: box ${head.deviceId} wrote down that recording ${recording} was erased: unreadable there since ` +
      `${new Date(unreadableHereAt).toISOString()}, in backups by ${new Date(unreadableInBackupsBy).toISOString()}; ${kept}.`,
    facts,
  );
}

// Audit packs --------------------------------------------------------------------------------------------------------------------------

const BLOCK = 512;

/** The header that a pack has for a file (POSIX ustar). @param {string} name @param {number} length @param {number} at seconds since 1970 */
function packHeader(name, length, at) {
  const block = Buffer.alloc(BLOCK);
  /** @param {number} value @param {number} digits @param {number} from */
  const octal = (value, digits, from) => block.write(`${value.toString(8).padStart(digits, '0')}\0`, from, 'latin1');
  block.write(name, 0);
  for (const [value, digits, from] of /** @type {[number, number, number][]} */ ([
    [0o644, 7, 100],
    [0, 7, 108],
    [0, 7, 116],
    [length, 11, 124],
    [at, 11, 136],
  ]))
    octal(value, digits, from);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Files of a pack by their names, and where the signature begins. @param {Buffer} pack */
function packFiles(pack) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (let at = 0; at + BLOCK <= pack.length; ) {
    const head = pack.subarray(at, at + BLOCK);
    const name = head.toString('utf8', 0, head.indexOf(0));
    const length = Number.parseInt(head.toString('latin1', 124, 135), 8);
    if (!Number.isSafeInteger(length) || name === '' || files.has(name)) break;
    const content = pack.subarray(at + BLOCK, at + BLOCK + length);
    if (content.length !== length) break;
    files.set(name, content);
    if (name === 'pack.sig') return { files, body: at };
    at += BLOCK + Math.ceil(length / BLOCK) * BLOCK;
  }
  throw tampered('the pack ends before its signature');
}

/** Lines of a file as JSON. @param {Buffer | undefined} content @param {string} name @returns {any[]} */
function jsonLines(content, name) {
  if (!content) throw tampered(`${name} is missing in the pack`);
  return content
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Policies of a pack are hashes: what can be seen is who signed, and that no version stands twice. @param {any[]} rows @param {Set<string>} made */
function checkPolicies(rows, made) {
  const keys = rows.filter(({ is }) => is === 'key');
  for (const { key, publicKey } of keys)
    if (sha256(base64(publicKey) ?? '').toString('hex') !== key) throw tampered(`key ${key} is not what it is called`);
  const known = new Set(keys.map(({ key }) => key));
  const seen = new Set();
  const signed = rows.filter(({ is }) => is === 'signed');
  for (const { box, version, keys: by, hash } of signed) {
    const name = `policy ${version} of box ${box}`;
    if (seen.has(name)) throw tampered(`${name} is there twice`);
    seen.add(name);
    if (!/^[0-9a-f]{64}$/.test(hash)) throw tampered(`${name} has no hash`);
    if (!Array.isArray(by) || !by.some((one) => known.has(one)))
      throw tampered(`${name} is signed by no key of its MSP`);
  }
  return { signed: signed.length, keys: keys.length, proved: keys.filter(({ key }) => made.has(key)).length };
}

/** @param {Buffer} pack @param {(raw: unknown) => Terms} termsFor @returns {Verdict} */
function checkPack(pack, termsFor) {
  const { files, body } = packFiles(pack);
  const signature = files.get('pack.sig') ?? Buffer.alloc(0);
  const padding = Buffer.alloc((BLOCK - (signature.length % BLOCK)) % BLOCK);
  const tail = Buffer.concat([
    packHeader('pack.sig', signature.length, 0),
    signature,
    padding,
    Buffer.alloc(2 * BLOCK),
  ]);
  if (!same(pack.subarray(body), tail)) throw tampered('something stands behind the signature, or was cut off');
  const [index] = jsonLines(files.get('pack.json'), 'pack.json');
  const terms = termsFor(index?.signer);
  const note = readNote(signature.toString('utf8'));
  const [, origin = '', deviceId, length, digest] =
    /^belkluis\/audit-pack@1\n(fleet\/([^/\s+]+)\/audit\/1)\n(0|[1-9]\d{0,14})\n(\S+)\n$/.exec(note?.text ?? '') ?? [];
  const line = note?.lines[0];
  const signed =
    note?.lines.length === 1 &&
    line?.name === origin &&
    same(line.id, keyId(origin, 1, terms.raw)) &&
    line.signature.length === 64 &&
    verifySignature(null, Buffer.from(note.text), terms.key, line.signature);
  // Base64 has spare bits: the signature is the one way to write it.
  const whole = note && signature.toString('utf8') === `${note.text}\n— ${line?.name} ${lineBytes(line)}\n`;
  if (!signed || !whole) throw tampered('the pack is not signed by this fleet');
  const held = pack.subarray(0, body);
  if (Number(length) !== body || sha256(held).toString('base64') !== digest)
    throw tampered('a file in the pack is not the one that was signed');
  if (index.origin !== origin) throw tampered('the pack is of another fleet');
  for (const { name, sha256: expected } of index.files) {
    const content = files.get(name);
    if (!content || sha256(content).toString('hex') !== expected)
      throw tampered(`${name} is not the file that was signed`);
  }
  let events = 0;
  /** Keys of which the log says that they were made. @type {Set<string>} */
  const made = new Set();
  /** @param {any} event */
  const learn = (event) => event?.kind === 'policy_key_made' && made.add(event.facts?.key);
  const log = files.get('log.jsonl');
  if (log) {
    const verdict = checkExport(log.toString('utf8').split('\n').slice(0, -1).values(), termsFor);
    if (verdict.exit !== 0) return verdict;
    events = index.size;
    for (const { event } of jsonLines(log, 'log.jsonl')) if (typeof event === 'string') learn(JSON.parse(event));
  } else {
    for (const proof of jsonLines(files.get('proofs.jsonl'), 'proofs.jsonl')) {
      const verdict = checkDocument(proof, termsFor);
      if (verdict.exit !== 0) return verdict;
      learn(/** @type {any} */ (verdict.facts).event);
      events += 1;
    }
  }
  const heads = jsonLines(files.get('witness.jsonl'), 'witness.jsonl');
  for (const { box, key, note: head } of heads) {
    const raw = base64(key, 32);
    const opened = raw && openHead(head, raw, keyOf(raw));
    if (opened?.head.deviceId !== box) throw tampered(`the log of box ${box} is not signed by it`);
  }
  const policies = checkPolicies(jsonLines(files.get('policies.jsonl'), 'policies.jsonl'), made);
  const agreements = jsonLines(files.get('agreements.jsonl'), 'agreements.jsonl').length;
  return new Verdict(
    0,
    'ok',
    `OK: audit pack of fleet ${deviceId}, made ${new Date(index.at).toISOString()}: ${files.size - 1} files, ` +
      `${events} events of its log proved, ${agreements} agreements, ${policies.signed} signed policies, ` +
      `${policies.proved} of ${policies.keys} keys that sign them in the log, signed heads of ${heads.length} boxes.`,
    {
      ...{ deviceId, at: index.at, msp: index.msp, files: [...files.keys()], events, agreements },
      ...{ policies, boxes: heads.length },
    },
  );
}

/** @param {Note['lines'][number] | undefined} line */
const lineBytes = (line) => (line ? Buffer.concat([line.id, line.signature]).toString('base64') : '');

// The command --------------------------------------------------------------------------------------------------------------------------

/** @param {string} path */
function readText(path) {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    throw unusable(`${path} cannot be read.`);
  }
}

/** @param {string} pem @param {string} path @returns {Buffer} */
function rawKey(pem, path) {
  try {
    const { x, crv } = createPublicKey(pem).export({ format: 'jwk' });
    if (crv === 'Ed25519' && x) return Buffer.from(x, 'base64url');
  } catch {
    // Said below.
  }
  throw unusable(`${path} holds no Ed25519 public key.`);
}

/** @param {string} text @returns {Named} */
function witnessOf(text) {
  const [, name, key] = /^([^\s+=]+)=(.+)$/.exec(text) ?? [];
  if (!name || !key) throw unusable(`--witness ${text}: not NAME=KEY.`);
  const raw = base64(key, 32) ?? rawKey(readText(key), key);
  return { name, raw, key: keyOf(raw) };
}

/** @param {ReturnType<typeof options>['values']} values @returns {(raw: unknown) => Terms} */
function termsOf(values) {
  const fingerprint = values.fingerprint?.toLowerCase().replaceAll(':', '');
  if (values.key === undefined && fingerprint === undefined)
    throw unusable(`--key or --fingerprint is missing.\n\n${USAGE}`);
  const witnesses = (values.witness ?? []).map(witnessOf);
  const quorum = values.quorum === undefined ? witnesses.length : Number(values.quorum);
  if (values.quorum !== undefined && !(Number.isSafeInteger(quorum) && quorum >= 1 && quorum <= witnesses.length)) {
    throw unusable('--quorum is not between 1 and the number of witnesses.');
  }
  return (held) => {
    const raw = values.key === undefined ? base64(held, 32) : rawKey(readText(values.key), values.key);
    if (!raw) throw unusable('The file holds no key that a fingerprint could vouch for. Give --key.');
    if (fingerprint !== undefined && sha256(raw).toString('hex') !== fingerprint) {
      throw values.key === undefined
        ? tampered('it was signed by another key')
        : unusable('The key is not the one of this fingerprint.');
    }
    const key = keyOf(raw);
    const older = values.against === undefined ? null : openHead(readText(values.against), raw, key);
    if (values.against !== undefined && !older)
      throw unusable(`${values.against} is no checkpoint that this box has signed.`);
    return { key, raw, witnesses, quorum, older: older?.head ?? null };
  };
}

/** @param {string[]} args */
const options = (args) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      fingerprint: { type: 'string' },
      witness: { type: 'string', multiple: true },
      quorum: { type: 'string' },
      against: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });

/** By its first name, which a changed byte may hide: then by its magic. @param {string} path */
function isPack(path) {
  const file = fs.openSync(path, 'r');
  try {
    const head = Buffer.alloc(BLOCK);
    fs.readSync(file, head);
    const magic = head.toString('latin1', 257, 262) === 'ustar';
    return magic || head.toString('latin1', 0, 10) === 'pack.json\0';
  } finally {
    fs.closeSync(file);
  }
}

/** @param {string[]} args @returns {Promise<Verdict>} */
async function check(args) {
  /** @type {ReturnType<typeof options>} */
  let parsed;
  try {
    parsed = options(args);
  } catch (error) {
    throw unusable(`${/** @type {Error} */ (error).message}\n\n${USAGE}`);
  }
  const [path, ...extra] = parsed.positionals;
  if (parsed.values.help || !path || extra.length > 0) throw unusable(USAGE);
  const termsFor = termsOf(parsed.values);
  if (!fs.existsSync(path)) throw unusable(`${path} cannot be read.`);
  if (isPack(path)) return checkPack(fs.readFileSync(path), termsFor);
  const [first = ''] = linesOf(path);
  if (first.startsWith('SQLite format 3\0')) return checkDatabase(path, termsFor);
  /** @param {string} text */
  const typeOf = (text) => {
    try {
      return JSON.parse(text)?.type;
    } catch {
      return undefined;
    }
  };
  if (typeOf(first) === 'belkluis/audit-export@1') return checkExport(linesOf(path), termsFor);
  const text = readText(path);
  if (['belkluis/audit-proof@1', 'belkluis/deletion-certificate@1'].includes(typeOf(text))) {
    return checkDocument(JSON.parse(text), termsFor);
  }
  throw unusable(`${path} is none of the things that are checked here, or it was damaged.`);
}

const args = process.argv.slice(2);
const verdict = await check(args).catch((error) => {
  if (error instanceof Verdict) return error;
  return tampered(`it cannot be read to its end (${error.message})`);
});
const { exit, verdict: word, facts, message } = verdict;
if (args.includes('--json'))
  process.stdout.write(`${JSON.stringify({ ok: exit === 0, verdict: word, says: message, ...facts })}\n`);
else (exit === 64 ? process.stderr : process.stdout).write(`${message}\n`);
process.exitCode = exit;
