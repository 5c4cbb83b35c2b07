/** An announcement that a person has spoken, brought to the box. The policy says which sentence it is for, by its hash: nothing else makes it count. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { places } from '../../appliance/config.ts';
import { readWav } from '../../appliance/media/prompts/wav.ts';
import { loadPolicy, policyFiles } from '../../appliance/policy/store.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { type Command, readBytes } from './command.ts';

const seconds = ({ sampleRate, channels }: ReturnType<typeof readWav>): number =>
  Math.round((channels[0]!.length / sampleRate) * 10) / 10;

/** Purposes of the policy in force that bind this file. */
function boundBy(folder: string, sha256: string): readonly string[] {
  const purposes = loadPolicy(folder)?.policy.purposes ?? [];
  const binds = (purpose: (typeof purposes)[number]) =>
    purpose.announcement.said.some(({ wavs = [] }) => wavs.some((wav) => wav.sha256 === sha256));
  return purposes.filter(binds).map(({ id }) => id);
}

export const policyWav: Command = {
  name: 'policy wav',
  usage: 'policy wav FILE',
  summary: 'brings an announcement spoken by a person to the box; the policy binds it',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const bytes = readBytes(positionals[0]!);
    const length = seconds(readWav(bytes));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const folder = places(data).policy;
    const { wav } = policyFiles(folder);
    makeFolder(wav);
    writeFileDurably(join(wav, `${sha256}.wav`), bytes);
    const bound = boundBy(folder, sha256);
    return {
      json: { sha256, seconds: length, bound },
      text: [
        `${sha256}  ${length} s`,
        bound.length > 0
          ? `The policy in force binds it: ${bound.join(', ')}. Calls hear it from now on, where it says the present sentence.`
          : 'No policy in force binds it yet. Name it in `said.wavs`, with the hash of its sentence that `policy text` prints.',
      ].join('\n'),
    };
  },
};
