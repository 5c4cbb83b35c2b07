/** The vault's door: where its parts lie, and how a new recording comes to be. */
import { join } from 'node:path';
import { type Catalogue, type NewRecording, openCatalogue } from './catalogue.ts';
import { type ContentWriter, createContent } from './content.ts';
import { makeFolder } from './durable.ts';
import { type Keystore, openKeystore, type Wraps } from './keystore.ts';

export interface Vault {
  readonly catalogue: Catalogue;
  readonly keystore: Keystore;
  readonly contentFolder: string;
  close(): void;
}

/** Opens the vault in `folder`, made when it is not there. */
export function openVault(folder: string): Vault {
  const contentFolder = join(folder, 'content');
  makeFolder(contentFolder);
  const catalogue = openCatalogue(join(folder, 'catalogue.db'));
  const keystore = openKeystore(join(folder, 'keystore.db'));
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
export function beginRecording(vault: Vault, recording: NewRecording, wraps: Wraps): ContentWriter {
  vault.keystore.put(recording.id, wraps, recording.startedAt);
  const content = createContent(vault.contentFolder, recording.id);
  // Commit point. Before this line the recording does not exist; recover() removes what was made so far.
  vault.catalogue.begin(recording);
  return content;
}
