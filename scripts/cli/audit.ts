import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { originOf } from '@belkluis/shared/audit/checkpoint';
import { ED25519, formatVerifierKey, rawPublicKey } from '@belkluis/shared/audit/note';
import { systemClock } from '@belkluis/shared/base/clock';
import { exportLines } from '../../appliance/audit/export.ts';
import { openFileWitness } from '../../appliance/audit/file-witness.ts';
import { checkAgainstWitness } from '../../appliance/audit/guard.ts';
import { acceptGeneration, prove } from '../../appliance/audit/heads.ts';
import type { LogFault } from '../../appliance/audit/verify.ts';
import type { Device } from '../../appliance/identity/device.ts';
import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { withBox } from './box.ts';
import { type Command, type Invocation, needed, problem, type Result, textOf } from './command.ts';

const explained: Record<LogFault, string> = {
  leaf_changed: 'the event does not match what was committed to',
  leaf_missing: 'an event has been removed',
  body_removed: 'what the event said has been removed, and the log does not say that it was forgotten',
  body_back: 'what the event said was forgotten, and is back',
  expiry: 'the day on which it is forgotten has been changed',
  generation: 'the log was opened anew without continuing what was before',
  node: 'the stored tree does not match the events below it',
  frontier: 'events at the end have been removed or changed',
  checkpoint: 'the log is not the one that was signed',
  cosignature: 'a cosignature has been removed or changed',
};

/** A whole number out of the command line. @throws Problem `usage`. */
function wholeNumber(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw problem('usage', `${what} is not a whole number: ${text}`);
  return Number(text);
}

export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify',
  summary: 'checks every event, the tree and every signed checkpoint; 1 when tampered with',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withBox(data, ({ log, device: { publicKey } }): Result => {
      const verdict = log.verify(publicKey);
      if (!verdict.ok) {
        const { index, what } = verdict;
        return { json: verdict, text: `TAMPERED WITH at event ${index}: ${explained[what]}.`, exitCode: 1 };
      }
      const { size, checkpoints } = verdict;
      const root = verdict.root.toString('hex');
      return {
        json: { ok: true, size, root, checkpoints },
        text: `${size} events and ${checkpoints} checkpoints hold. Root ${root}`,
      };
    }),
};

export const auditProve: Command = {
  name: 'audit prove',
  usage: 'audit prove INDEX [--since SIZE]',
  summary: 'proves one event, for belkluis-verify, and that the log continues what it was before',
  options: {
    since: { type: 'string', means: 'an older size of the log: proves too that the log continues what it was then' },
  },
  takes: 1,
  run: ({ data, positionals, values }) =>
    withBox(data, ({ log, device: { privateKey } }): Result => {
      const index = wholeNumber(positionals[0]!, 'INDEX');
      const given = textOf(values, 'since');
      const since = given === undefined ? null : wholeNumber(given, '--since');
      if (Math.max(index + 1, since ?? 0) > log.size()) throw problem('usage', `the log has ${log.size()} events`);
      // The newest signed head that holds it, so that the cosignatures that it has go along; else one that is signed now.
      const newest = log.lastCosigned();
      const covered = newest && newest.size > index && newest.size >= (since ?? 0);
      const note = covered ? log.checkpointAt(newest.size)! : log.checkpoint(privateKey);
      const proof = prove(log, note, index, since);
      return { json: proof, text: JSON.stringify(proof, null, 2) };
    }),
};

export const auditExport: Command = {
  name: 'audit export',
  usage: 'audit export --out FILE',
  summary: 'writes the whole log, for belkluis-verify and for reading; it names people',
  options: { out: { type: 'string', means: 'the file to write; it must not be there yet' } },
  takes: 0,
  run: ({ data, values }) =>
    withBox(data, ({ log, device: { privateKey } }): Result => {
      const out = resolve(needed(values, 'out'));
      const note = log.checkpoint(privateKey);
      let file: number;
      try {
        file = openSync(out, 'wx', 0o600);
      } catch (cause) {
        throw problem('file_exists', out, cause);
      }
      let lines = 0;
      try {
        log.reading(() => {
          for (const line of exportLines(log, note)) {
            writeSync(file, `${JSON.stringify(line)}\n`);
            lines += 1;
          }
        });
      } finally {
        closeSync(file);
      }
      return {
        json: { out, lines },
        text: `The log is in ${out}. Check it anywhere: node belkluis-verify.mjs ${out} --key device-public.pem`,
      };
    }),
};

export const auditKey: Command = {
  name: 'audit key',
  usage: 'audit key',
  summary: "prints the box's public key, to be kept off the box: what it signs is checked with it",
  options: {},
  takes: 0,
  run: ({ data }) =>
    withBox(data, ({ log, device: { deviceId, publicKey } }): Result => {
      const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
      const fingerprint = createHash('sha256').update(rawPublicKey(publicKey)).digest('hex');
      const origin = originOf(deviceId, log.generation);
      const verifierKey = formatVerifierKey({ name: origin, type: ED25519, publicKey });
      return {
        json: { deviceId, pem, fingerprint, verifierKey },
        text: `${pem}\nFingerprint (SHA-256): ${fingerprint}\nNote verifier key: ${verifierKey}`,
      };
    }),
};

/** The witness in the folder that was named; null: none was. */
function witnessIn({ values }: Invocation, device: Device) {
  const folder = textOf(values, 'folder');
  if (folder === undefined) return null;
  const { deviceId, publicKey: logKey } = device;
  return openFileWitness({ folder: resolve(folder), deviceId, logKey, clock: systemClock, store: writeFileDurably });
}

export const auditWitness: Command = {
  name: 'audit witness',
  usage: 'audit witness [--folder DIR [--accept-loss]]',
  summary: 'says who has cosigned the log, and up to where; settles it after a restore',
  options: {
    folder: { type: 'string', means: 'where a witness keeps what it remembers' },
    'accept-loss': { type: 'boolean', means: 'the folder goes on with the log as it is now; only after a restore' },
  },
  takes: 0,
  run: (invocation) =>
    withBox(invocation.data, ({ log, device }): Result => {
      const witness = witnessIn(invocation, device);
      if (invocation.values['accept-loss']) {
        if (!witness) throw problem('usage', '--accept-loss needs --folder');
        acceptGeneration(log, device.privateKey, witness);
      }
      const memory = witness?.memory() ?? null;
      checkAgainstWitness(log, memory);
      const size = log.size();
      const witnesses = log.witnesses().map(({ verifierKey, ...state }) => ({
        ...state,
        // As belkluis-verify takes it.
        witness: `${state.name}=${Buffer.from(verifierKey.slice(verifierKey.lastIndexOf('+') + 1), 'base64')
          .subarray(1)
          .toString('base64')}`,
      }));
      const lines = witnesses.map(
        ({ witness: named, size: to, at }) => `${named}  ${to} of ${size} events, ${new Date(at).toISOString()}`,
      );
      const remembered = memory
        ? [`The folder remembers ${memory.size} events of ${memory.origin}; the log continues them.`]
        : [];
      return {
        json: {
          size,
          generation: log.generation,
          witnesses,
          remembered: memory && { size: memory.size, origin: memory.origin },
        },
        text: [...(lines.length > 0 ? lines : ['Nobody but this box has signed its log.']), ...remembered].join('\n'),
      };
    }),
};
