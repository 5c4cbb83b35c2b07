/** The vault's door: where its parts lie, and how a new recording comes to be. */
import { join } from 'node:path';
import { type Chance, systemChance } from '@belkluis/shared/base/chance';
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import type { Consent } from '@belkluis/shared/policy/consent';
import { type Catalogue, type NewRecording, openCatalogue } from './catalogue.ts';
import { type ContentWriter, createContent } from './content.ts';
import { makeFolder } from './durable.ts';
import { type Keystore, openKeystore, type Wraps } from './keystore/keystore.ts';

export interface Vault {
  readonly catalogue: Catalogue;
  readonly keystore: Keystore;
  readonly contentFolder: string;
  close(): void;
}

export interface VaultOptions {
  /** TCTI of the TPM that a new keystore's key is sealed in (`device:/dev/tpmrm0`); null: a file. Counts when the keystore is made. */
  readonly tpm?: string | null;
  readonly clock?: Clock;
  readonly chance?: Chance;
}

/** Where its rows are. */
export const cataloguePath = (folder: string): string => join(folder, 'catalogue.db');

/** Opens the vault in `folder`, made when it is not there. @throws Problem of the keystore or the TPM; nothing is lost then. */
export function openVault(
  folder: string,
  { tpm = null, clock = systemClock, chance = systemChance }: VaultOptions = {},
): Vault {
  const contentFolder = join(folder, 'content');
  makeFolder(contentFolder);
  const catalogue = openCatalogue(cataloguePath(folder), clock);
  const keystore = openKeystore({
    folder: join(folder, 'keystore'),
    plain: join(folder, 'keystore.db'),
    tpm,
    clock,
    chance,
  });
  return {
    catalogue,
    keystore,
    contentFolder,
    close() {
      catalogue.close();
      keystore.close();
    },
  };
}

/** Makes a recording exist: wraps first, durably, so that no segment is ever written that nobody could open. */
export function beginRecording(
  vault: Vault,
  recording: NewRecording,
  wraps: Wraps,
  consents: readonly Consent[] = [],
): ContentWriter {
  vault.keystore.put(recording.id, wraps, recording.startedAt);
  const content = createContent(vault.contentFolder, recording.id);
  // Commit point. Before this line the recording does not exist; recover() removes what was made so far.
  vault.catalogue.begin(recording, consents);
  return content;
}
