/** Opens a recording where its private key is: what a custodian does in the browser, for the command line, the demo and the tests. */
import type { ReadContent } from '@belkluis/shared/release/content-file';
import { type OpenSegment, readSegment } from '@belkluis/shared/release/matroska';
import { decrypt, decryptKey, decryptSessionKeys, readMessage, readPrivateKey } from 'openpgp';
import { SESSION_ALGORITHM } from '../../appliance/recording/recipients.ts';
import { openContent } from '../../appliance/vault/content.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { decodeParts, type Part, type Sound } from '../../appliance/web/browser/sound.ts';

export interface OpenedSegment {
  readonly number: number;
  readonly part: number;
  readonly plain: Uint8Array;
  readonly open: OpenSegment;
}

export interface OpenedRecording {
  readonly content: ReadContent;
  readonly segments: readonly OpenedSegment[];
  /** Matroska files, one a part. */
  readonly files: readonly Buffer[];
}

export interface PrivateKeyFile {
  readonly armored: string;
  readonly passphrase: string;
}

/** Opens every segment of recording `id` in the vault at `folder`. @throws when the key is not a recipient's, or a segment does not hold. */
export async function openRecording(folder: string, id: string, key: PrivateKeyFile): Promise<OpenedRecording> {
  const vault = openVault(folder);
  try {
    const wraps = vault.keystore.get(id);
    const content = await openContent(vault.contentFolder, id);
    if (!wraps || !content) throw new Error(`recording ${id} is not there`);
    const privateKey = await decryptKey({
      privateKey: await readPrivateKey({ armoredKey: key.armored }),
      passphrase: key.passphrase,
    });
    const [unwrapped] = await decryptSessionKeys({
      message: await readMessage({ binaryMessage: new Uint8Array(wraps.pkesk) }),
      decryptionKeys: privateKey,
    });
    const sessionKey = { data: unwrapped!.data, algorithm: SESSION_ALGORITHM } as const;
    const segments: OpenedSegment[] = [];
    for (const { number, part, sealed } of content.segments) {
      const message = await readMessage({ binaryMessage: new Uint8Array(sealed) });
      const { data } = await decrypt({ message, sessionKeys: sessionKey, format: 'binary' });
      const plain = data as Uint8Array;
      const open = readSegment(plain);
      const { facts } = open;
      if (facts?.recording !== id || facts.number !== number || facts.part !== part) {
        throw new Error(`segment ${number} is not what was sealed in its place`);
      }
      segments.push({ number, part, plain, open });
    }
    const parts = [...new Set(segments.map(({ part }) => part))];
    const files = parts.map((part) =>
      Buffer.concat(segments.filter((segment) => segment.part === part).map(({ plain }) => plain)),
    );
    return { content, segments, files };
  } finally {
    vault.close();
  }
}

/** Both sides as PCM, by the desk's own decoders. Opus only where the platform decodes it. */
export function soundOf({ segments, content }: OpenedRecording): Promise<Sound> {
  const parts: Part[] = [];
  for (const { open } of segments) {
    if (open.codecs) parts.push({ codecs: open.codecs, blocks: open.blocks });
    else {
      const last = parts.at(-1);
      if (last) parts.splice(-1, 1, { ...last, blocks: [...last.blocks, ...open.blocks] });
    }
  }
  const last = content.segments.at(-1);
  return decodeParts(parts, last ? last.startMs + last.durationMs : 0);
}
