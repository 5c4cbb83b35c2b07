/** An announcement that a person has spoken, brought to the box. The policy says which sentence it is for, by its hash: nothing else makes it count. */
import { places } from '../../appliance/config.ts';
import { keepVoice } from '../../appliance/join-policy.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import { type Command, readBytes } from './command.ts';

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
    const folder = places(data).policy;
    const { sha256, seconds } = keepVoice(folder, bytes);
    const bound = boundBy(folder, sha256);
    return {
      json: { sha256, seconds, bound },
      text: [
        `${sha256}  ${seconds} s`,
        bound.length > 0
          ? `The policy in force binds it: ${bound.join(', ')}. Calls hear it from now on, where it says the present sentence.`
          : 'No policy in force binds it yet. Name it in `said.wavs`, with the hash of its sentence that `policy text` prints.',
      ].join('\n'),
    };
  },
};
