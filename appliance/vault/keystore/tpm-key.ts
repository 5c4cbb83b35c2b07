/**
 * Epoch keys sealed to a counter in the TPM, which only goes up. The key of an epoch opens while the counter is below its limit (policy
 * TPM2_PolicyNV, "unsigned less than"); raising the counter to the limit kills it for ever, with every copy of the sealed key there is.
 *
 * Not "equals", for two reasons. The successor's key must open before the old one is killed: it is tried before anything relies on it. And
 * a program that was cut off while it raised the counter may have its command still on the way when the next one finishes its work: one
 * step too many must not kill the key that is in force.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '@belkluis/shared/base/chance';
import { z } from 'zod';
import { unlinkDurably, withScratchFolder, writeFileDurably } from '../durable.ts';
import { problem } from '../problems.ts';
import { type EpochKeys, KEY_LENGTH } from './epoch-keys.ts';
import { sealedFileOf } from './places.ts';
import { type TpmTools, tpmTools } from './tpm-tools.ts';

/** Steps of the counter for one epoch: one, and three that cut-off programs may take too many. */
const STEPS = 4n;

/** Where an owner's indices lie (TCG registry of reserved handles 2.2): the lowest, and how many. */
const FIRST_INDEX = 0x01800000;
const INDICES = 0x00400000;

const COUNTER_ATTRIBUTES = 'nt=counter|authread|authwrite|ownerread|no_da';

/** Only the policy opens it, only in this TPM, and a wrong try locks nothing out. */
const SEALED_ATTRIBUTES = 'fixedtpm|fixedparent|noda';

const sealedSchema = z.strictObject({
  /** Which TPM, for tpm2-tools. */
  tcti: z.string(),
  /** Index of the counter. */
  counter: z.string().regex(/^0x[0-9a-f]{7,8}$/),
  /** The key opens while the counter is below this. */
  limit: z.string().regex(/^\d+$/).transform(BigInt),
  /** The sealed object, as the TPM gave it (TPM2B_PUBLIC, TPM2B_PRIVATE). */
  public: z.base64(),
  private: z.base64(),
});
type Sealed = z.infer<typeof sealedSchema>;

const bigEndian = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

/** Flushes what a command left loaded: without a resource manager the TPM has room for three objects. */
const flush = (tools: TpmTools): void => tools.tidy('flushcontext', ['-t']);

/** Lends a session whose traffic is encrypted on the wires to the chip, salted with the primary key. */
function withSession<T>(
  tools: TpmTools,
  folder: string,
  kind: '--policy-session' | '--hmac-session',
  direction: '--enable-encrypt' | '--enable-decrypt',
  work: (session: string) => T,
): T {
  const session = join(folder, 'session');
  tools.run('startauthsession', [kind, '--tpmkey-context', join(folder, 'primary'), '-S', session]);
  flush(tools);
  try {
    tools.run('sessionconfig', [direction, session]);
    return work(session);
  } finally {
    flush(tools);
    tools.tidy('flushcontext', [session]);
  }
}

/** The owner's storage key: the same each time, from the TPM's own seed, so nothing of it needs keeping. */
function makePrimary(tools: TpmTools, folder: string): void {
  tools.run('createprimary', ['-Q', '-C', 'o', '-G', 'ecc', '-g', 'sha256', '-c', join(folder, 'primary')]);
  flush(tools);
}

function requireBelow(tools: TpmTools, session: string, counter: string, limit: bigint, extra: string[] = []): void {
  tools.run('policynv', ['-Q', '-S', session, '-i', '-', ...extra, counter, 'ult'], bigEndian(limit));
}

function seal(tools: TpmTools, scratch: string, key: Buffer, counter: string, limit: bigint) {
  const at = (name: string) => join(scratch, name);
  makePrimary(tools, scratch);
  tools.run('startauthsession', ['-S', at('trial')]);
  try {
    requireBelow(tools, at('trial'), counter, limit, ['-L', at('policy')]);
  } finally {
    tools.tidy('flushcontext', [at('trial')]);
  }
  withSession(tools, scratch, '--hmac-session', '--enable-decrypt', (session) => {
    const parent = ['-C', at('primary'), '-P', `session:${session}`];
    const out = ['-u', at('public'), '-r', at('private')];
    tools.run('create', ['-Q', ...parent, '-L', at('policy'), '-a', SEALED_ATTRIBUTES, '-i', '-', ...out], key);
  });
  return { public: readFileSync(at('public')), private: readFileSync(at('private')) };
}

function unseal(tools: TpmTools, scratch: string, sealed: Sealed): Buffer {
  const at = (name: string) => join(scratch, name);
  writeFileDurably(at('public'), Buffer.from(sealed.public, 'base64'));
  writeFileDurably(at('private'), Buffer.from(sealed.private, 'base64'));
  makePrimary(tools, scratch);
  tools.run('load', ['-Q', '-C', at('primary'), '-u', at('public'), '-r', at('private'), '-c', at('object')]);
  flush(tools);
  return withSession(tools, scratch, '--policy-session', '--enable-encrypt', (session) => {
    requireBelow(tools, session, sealed.counter, sealed.limit);
    return tools.run('unseal', ['-c', at('object'), '-p', `session:${session}`]);
  });
}

/** Raises the counter to `value` at least. Counting in the TPM is durable: the command returns when it is in its memory. */
function raise(tools: TpmTools, counter: string, value: bigint): void {
  for (let now = tools.counter(counter); now < value; now = tools.counter(counter))
    for (; now < value; now++) tools.run('nvincrement', [counter]);
}

/** A counter of its own, so that two keystores on one machine never kill each other's keys. */
function defineCounter(tools: TpmTools, chance: Chance): string {
  const taken = tools.indices();
  let index: string;
  do {
    index = `0x${(FIRST_INDEX + (chance.bytes(4).readUInt32BE() % INDICES)).toString(16)}`;
  } while (taken.includes(index));
  tools.run('nvdefine', ['-C', 'o', '-s', '8', '-a', COUNTER_ATTRIBUTES, index]);
  // A counter has no value before its first step; that is above every value that any counter of this TPM ever had.
  tools.run('nvincrement', [index]);
  return index;
}

/** Runs `work`; false when the TPM did not answer. */
function answered(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'tpm_unavailable') return false;
    throw error;
  }
}

/** Removes a counter that nothing in force is sealed to. Its keys must have been killed: the index could be defined anew. */
function undefine(tools: TpmTools, { counter, limit }: Sealed): void {
  if (!tools.indices().includes(counter)) return;
  raise(tools, counter, limit);
  tools.run('nvundefine', ['-C', 'o', counter]);
}

/** Epoch keys in a TPM. `tcti` names the one that new keys are sealed in; null: that of the epoch before. */
export function tpmKeys(folder: string, chance: Chance, tcti: string | null): EpochKeys {
  const read = (epoch: number): Sealed | null => {
    let text: string;
    try {
      text = readFileSync(sealedFileOf(folder, epoch), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return sealedSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw problem('epoch_key_missing', `epoch ${epoch}`, cause);
    }
  };
  const remove = (epoch: number) => unlinkDurably(sealedFileOf(folder, epoch));
  return {
    kind: 'tpm',
    make(epoch, before): KeyObject {
      const last = before === null ? null : read(before);
      const follows = last !== null && (tcti === null || tcti === last.tcti);
      const target = tcti ?? last?.tcti;
      if (target === undefined) throw problem('tpm_unavailable', 'no TPM is named');
      const tools = tpmTools(target);
      const counter = follows ? last.counter : defineCounter(tools, chance);
      const limit = follows ? last.limit + STEPS * BigInt(epoch - before!) : tools.counter(counter) + STEPS;
      const bytes = chance.bytes(KEY_LENGTH);
      const parts = withScratchFolder(folder, (scratch) => seal(tools, scratch, bytes, counter, limit));
      const sealed = {
        tcti: target,
        counter,
        limit,
        public: parts.public.toString('base64'),
        private: parts.private.toString('base64'),
      };
      // Tried before anything depends on it.
      const opened = withScratchFolder(folder, (scratch) => unseal(tools, scratch, sealed));
      if (!opened.equals(bytes)) throw problem('tpm_unavailable', 'it does not give back what was sealed');
      const text = JSON.stringify({ ...sealed, limit: limit.toString() });
      writeFileDurably(sealedFileOf(folder, epoch), text);
      const key = createSecretKey(bytes);
      bytes.fill(0);
      opened.fill(0);
      return key;
    },
    open(epoch): KeyObject {
      const sealed = read(epoch);
      if (!sealed) throw problem('epoch_key_missing', `epoch ${epoch}`);
      const tools = tpmTools(sealed.tcti);
      if (tools.counter(sealed.counter) >= sealed.limit) throw problem('keystore_rolled_back', `epoch ${epoch}`);
      const bytes = withScratchFolder(folder, (scratch) => unseal(tools, scratch, sealed));
      const key = createSecretKey(bytes);
      bytes.fill(0);
      return key;
    },
    kill(epoch, successor) {
      const dying = read(epoch);
      if (!dying) return;
      const tools = tpmTools(dying.tcti);
      const next = read(successor);
      // Just below the successor's own steps: attempts between the two die as well.
      if (next?.tcti === dying.tcti && next.counter === dying.counter) raise(tools, dying.counter, next.limit - STEPS);
      else undefine(tools, dying);
      remove(epoch);
    },
    discard(epoch, inForce) {
      const attempt = read(epoch);
      if (!attempt) return;
      // An attempt on the counter in force stays good until the next epoch kills it: the numbers see to that.
      const own = read(inForce)?.counter !== attempt.counter;
      // A TPM that does not answer must not keep a keystore shut that it does not hold: the next advance tries again.
      if (!own || answered(() => undefine(tpmTools(attempt.tcti), attempt))) remove(epoch);
    },
  };
}
