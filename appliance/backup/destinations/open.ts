import type { Chance } from '@belkluis/shared/base/chance';
import type { Destination } from '../destination.ts';
import { problem } from '../problems.ts';
import { destinationAllowed } from '../regions.ts';
import { type DirectoryOptions, openDirectory } from './directory.ts';
import { openS3, type S3Options } from './s3.ts';
import { openSftp, type SftpOptions } from './sftp.ts';

/** A destination as the configuration names it. */
export type DestinationSettings = { readonly country: string } & (
  | ({ readonly kind: 'directory' } & Omit<DirectoryOptions, 'chance'>)
  | ({ readonly kind: 'sftp' } & Omit<SftpOptions, 'chance'>)
  | ({ readonly kind: 's3' } & S3Options)
);

/**
 * Opens a destination, if the policy allows that anything is kept where it stands: asked before anything is sent.
 * `regions` null: for reading alone, as a restore does before it knows a policy.
 * @throws Problem `transfer_blocked`, and those of the three kinds.
 */
export async function openDestination(
  settings: DestinationSettings,
  regions: readonly string[] | null,
  chance: Chance,
): Promise<Destination> {
  const { country, name } = settings;
  if (regions !== null && !destinationAllowed(country, regions)) {
    throw problem('transfer_blocked', `${name} stands in ${country}; allowed are ${regions.join(', ')}`);
  }
  switch (settings.kind) {
    case 'directory':
      return openDirectory({ ...settings, chance });
    case 'sftp':
      return openSftp({ ...settings, chance });
    case 's3':
      return openS3(settings);
  }
}
