/** Sealed recordings as files that any OpenPGP program opens: one ordinary message a segment. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { openContent } from '../../appliance/vault/content.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { problem as vaultProblem } from '../../appliance/vault/problems.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { type Command, needed, problem } from './command.ts';

const readme = (id: string, recipients: readonly string[], parts: number): string => `Recording ${id}

Each .pgp file is one OpenPGP message: about five seconds of the call, sealed to these keys:
${recipients.map((fingerprint) => `  ${fingerprint}`).join('\n')}

Open it with GnuPG, on a machine where one of their private keys is:

  gpg --import custodian.key.asc
  for f in part-0/*.pgp; do gpg --quiet --decrypt "$f"; done > part-0.mka
  ffplay part-0.mka

The opened files, laid end to end, are a Matroska file with two tracks: 1 is the caller, 2 the callee. To a stereo WAV:

  ffmpeg -i part-0.mka -filter_complex \\
    "[0:0]aresample=async=1:first_pts=0,aformat=channel_layouts=mono[l];[0:1]aresample=async=1:first_pts=0,aformat=channel_layouts=mono[r];[l][r]join=inputs=2:channel_layout=stereo" \\
    part-0.wav
${parts > 1 ? `\nThe phones changed their codec during the call, so there are ${parts} parts, each a file of its own.\n` : ''}
What you make this way is not erased with the recording. Erase it yourself when its purpose is served.
`;

export const exportRecording: Command = {
  name: 'export',
  usage: 'export ID --out DIR --reason TEXT',
  summary: 'writes a sealed recording as OpenPGP messages that gpg opens',
  options: { out: { type: 'string' }, reason: { type: 'string' } },
  takes: 1,
  async run({ positionals, values, data }) {
    const [id] = positionals as [string];
    const out = resolve(needed(values, 'out'));
    const reason = needed(values, 'reason');
    if (existsSync(out)) throw problem('file_exists', out);
    const { identity, auditDatabase, vault: folder } = places(data);
    const vault = openVault(folder);
    const { deviceId } = openDevice(identity, systemChance);
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    try {
      const recording = /^[0-9a-f]{32}$/.test(id) ? vault.catalogue.get(id) : null;
      if (!recording) throw vaultProblem('recording_unknown', id);
      if (recording.erasedAt !== null) throw vaultProblem('recording_erased', id);
      const wraps = vault.keystore.get(id);
      if (!wraps) throw vaultProblem('wraps_missing', id);
      const content = await openContent(vault.contentFolder, id);
      if (!content) throw vaultProblem('content_damaged', id);
      log.append({ kind: 'export', actor: 'cli', facts: { recording: id, reason } });
      const files: string[] = [];
      for (const { number, part, sealed } of content.segments) {
        const name = join(`part-${part}`, `${String(number).padStart(6, '0')}.pgp`);
        makeFolder(join(out, `part-${part}`));
        writeFileDurably(join(out, name), Buffer.concat([wraps.pkesk, sealed]));
        files.push(name);
      }
      const parts = new Set(content.segments.map(({ part }) => part)).size;
      makeFolder(out);
      writeFileDurably(join(out, 'README.txt'), readme(id, wraps.recipients, parts));
      return {
        json: { out, recording: id, files, recipients: wraps.recipients, complete: content.ends === 'end' },
        text: `${files.length} sealed messages are in ${out}. README.txt there says how to open them.`,
      };
    } finally {
      log.close();
      vault.close();
    }
  },
};
