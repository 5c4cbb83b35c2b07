/** Sealed recordings as files that any OpenPGP program opens: one ordinary message a segment. */
import { join } from 'node:path';
import { systemClock } from '@belkluis/shared/base/clock';
import { isUse, uses } from '@belkluis/shared/policy/uses';
import { openContent } from '../../appliance/vault/content.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { toBeExported } from '../../appliance/vault/opening.ts';
import { problem as vaultProblem } from '../../appliance/vault/problems.ts';
import { withVault } from './box.ts';
import { type Command, freshPath, needed, problem } from './command.ts';

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

Where only one of the two was ever heard (a copied call in one stream) this gives nothing. Then take each track by itself:

  ffmpeg -i part-0.mka -map 0:0 part-0-caller.wav
${parts > 1 ? `\nThe phones changed their codec during the call, so there are ${parts} parts, each a file of its own.\n` : ''}
What you make this way is not erased with the recording. Erase it yourself when its purpose is served.
`;

export const exportRecording: Command = {
  name: 'export',
  usage: 'export ID --out DIR --use USE --reason TEXT',
  summary: 'writes a sealed recording as OpenPGP messages that gpg opens',
  options: {
    out: { type: 'string', means: 'the folder to make; it must not be there yet' },
    use: { type: 'string', means: `for what, one that the recording carries: ${uses.join(', ')}` },
    reason: { type: 'string', means: 'why; the audit log keeps it' },
  },
  takes: 1,
  run({ positionals, values, data }) {
    const [id] = positionals as [string];
    const [folder, use, reason] = [needed(values, 'out'), needed(values, 'use'), needed(values, 'reason')];
    if (!isUse(use)) throw problem('usage', `--use is one of ${uses.join(', ')}`);
    const out = freshPath(folder);
    return withVault(data, async ({ catalogue, keystore, contentFolder }, { log }) => {
      toBeExported(catalogue, id, use);
      const wraps = keystore.get(id);
      if (!wraps) throw vaultProblem('wraps_missing', id);
      const content = await openContent(contentFolder, id);
      if (!content) throw vaultProblem('content_damaged', id);
      log.append({ kind: 'export', actor: 'cli', facts: { recording: id, reason, use } });
      catalogue.opened(id, systemClock.now());
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
    });
  },
};
