/** A box out of its backup: on the box the request and the rest, off the box the answer. */
import { readFileSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { decryptKey, readPrivateKey } from 'openpgp';
import { openFileWitness } from '../../appliance/audit/file-witness.ts';
import { acceptGeneration } from '../../appliance/audit/heads.ts';
import { answerRequest } from '../../appliance/backup/answer.ts';
import { openDestination } from '../../appliance/backup/destinations/open.ts';
import { problem as backupProblem } from '../../appliance/backup/problems.ts';
import { beginRestore, finishRestore, type RestoredFacts } from '../../appliance/backup/restore.ts';
import { type Config, places, readConfig } from '../../appliance/config.ts';
import { writeFileDurably } from '../../appliance/vault/durable.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { openBox } from './box.ts';
import { type Command, freshPath, needed, problem, readText, textOf } from './command.ts';
import { passphraseOf } from './passphrase.ts';
import { progressLine } from './progress.ts';

/** Events among which the one that tells of a restore must be: it is the first behind the opening of its generation. */
const LOOKED_AT = 20;

/** What followed the snapshot is lost, so the log goes on as another generation, and says so. Cut off anywhere, the next time does the rest. */
function continueAudit(config: Config, { generation, ...facts }: RestoredFacts): void {
  const box = openBox(config.data);
  try {
    const { log, device } = box;
    const { deviceId, privateKey, publicKey: logKey } = device;
    if (log.generation === generation) log.openGeneration();
    const opened = log.openings().at(-1)!.position;
    const told = log.recent(LOOKED_AT).some(({ index, event }) => index > opened && event?.kind === 'restored');
    if (!told) log.append({ kind: 'restored', actor: 'cli', facts });
    log.checkpoint(privateKey);
    if (config.witnessFolder === null) return;
    // Whoever restores has said that what followed the snapshot is lost; the witness is told so, and remembers it.
    const folder = config.witnessFolder;
    const witness = openFileWitness({ folder, deviceId, logKey, clock: systemClock, store: writeFileDurably });
    acceptGeneration(log, privateKey, witness);
  } finally {
    box.close();
  }
}

export const restoreRun: Command = {
  name: 'restore',
  usage:
    'restore --config FILE --destination NAME [--device-key HEX] [--snapshot NAME] [--request FILE | --answer FILE]',
  summary: 'puts a box together from its backup, in an empty data directory',
  options: {
    config: { type: 'string', means: 'the configuration of the box to make' },
    destination: { type: 'string', means: 'where its backup is' },
    'device-key': {
      type: 'string',
      means: 'what a backup of this box said of itself: the backup must be signed with it',
    },
    snapshot: { type: 'string', means: 'an older one; without it, the newest' },
    request: { type: 'string', means: 'the file to write the request to; restore-request.pgp when it is not given' },
    answer: { type: 'string', means: 'the file that `keys answer` made: the second half of the restore' },
  },
  asksBox: () => false,
  takes: 0,
  async run({ values }) {
    const config = readConfig(needed(values, 'config'));
    const name = needed(values, 'destination');
    const settings = config.backup?.destinations.find((one) => one.name === name);
    if (!settings) throw backupProblem('no_destination', name);
    // Nothing is sent there: the policy that would allow it is in the backup.
    const destination = await openDestination(settings, null, systemChance);
    try {
      const answer = textOf(values, 'answer');
      const fingerprint = textOf(values, 'device-key') ?? null;
      const wanted = { snapshot: textOf(values, 'snapshot') ?? null, fingerprint };
      if (answer === undefined) {
        const file = freshPath(textOf(values, 'request') ?? 'restore-request.pgp');
        const { request, snapshot } = await beginRestore(config.data, destination, wanted);
        writeFileDurably(file, request);
        return {
          json: { request: file, snapshot },
          text: [
            `Snapshot ${snapshot} is here, and sealed. Take ${file} to whoever holds the escrow key, who answers:`,
            '  belkluis keys answer restore-request.pgp --key escrow.key.asc --out answer.txt',
            'Then: belkluis restore … --answer answer.txt',
          ].join('\n'),
        };
      }
      const line = progressLine(values.json === true);
      const report = await finishRestore({
        data: config.data,
        destination,
        answer: readText(answer),
        fingerprint,
        openVault: () => openVault(places(config.data).vault, { tpm: config.tpm }),
        continueAudit: (facts) => continueAudit(config, facts),
        clock: systemClock,
        onProgress: ({ done, missing }) => line.show(`${done} recordings are back, ${missing} missing`),
      });
      line.end();
      const { recordings, missing, erased, snapshot, missingRecordings, deviceKey } = report;
      return {
        json: report,
        text: [
          `The box of ${snapshot} is back: ${recordings} recordings, ${missing} whose content is not in the backup, ${erased} that stay erased.`,
          ...missingRecordings.map((id) => `  missing: ${id}`),
          fingerprint === null ? `Nobody vouched for the backup. Its device key is ${deviceKey}: compare it.` : '',
          'Start the box. Everything after the snapshot is lost; its audit log goes on in a new generation and says so.',
        ]
          .filter((text) => text !== '')
          .join('\n'),
        exitCode: missing > 0 ? 1 : 0,
      };
    } finally {
      await destination.close();
    }
  },
};

export const keysAnswer: Command = {
  name: 'keys answer',
  usage: 'keys answer REQUEST --key FILE --out FILE [--passphrases FILE]',
  summary: 'answers a restore request with the escrow key, off the box',
  options: {
    key: { type: 'string', means: 'the private escrow key' },
    out: { type: 'string', means: 'the file to write; it must not be there yet' },
    passphrases: { type: 'string', means: 'the file with the passphrase; without it, the terminal asks' },
  },
  asksBox: () => false,
  takes: 1,
  async run({ positionals, values }) {
    const out = freshPath(needed(values, 'out'));
    const locked = await readPrivateKey({ armoredKey: readText(needed(values, 'key')) }).catch((cause) => {
      throw problem('key_unusable', (cause as Error).message, cause);
    });
    const passphrase = locked.isDecrypted() ? null : await passphraseOf('escrow', textOf(values, 'passphrases'));
    const privateKey =
      passphrase === null
        ? locked
        : await decryptKey({ privateKey: locked, passphrase }).catch((cause) => {
            throw problem('passphrase_wrong', undefined, cause);
          });
    const file = positionals[0]!;
    let request: Buffer;
    try {
      request = readFileSync(file);
    } catch (cause) {
      throw problem('file_unreadable', file, cause);
    }
    const answer = await answerRequest(request, privateKey);
    writeFileDurably(out, `${answer}\n`);
    return {
      json: { answer: out },
      text: `The answer is in ${out}. It opens this one snapshot, with the wraps of all recordings in it; no recording. Destroy it after the restore.`,
    };
  },
};
