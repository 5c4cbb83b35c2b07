/** What commands open of a box: each part when it is first asked for, all closed at the end. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Place } from '@belkluis/shared/policy/documents/register';
import { generalDays } from '@belkluis/shared/policy/retention';
import { type Access, openAccess } from '../../appliance/access/access.ts';
import { openPhones } from '../../appliance/access/phones.ts';
import { type AuditLog, openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { type Device, openDevice } from '../../appliance/identity/device.ts';
import { joinRegister } from '../../appliance/join-documents.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import type { VerifiedPolicy } from '../../appliance/policy/verify.ts';
import type { KeptRegister } from '../../appliance/privacy/keep-register.ts';
import { openPrivacy, type Privacy } from '../../appliance/privacy/privacy.ts';
import { type Catalogue, openCatalogue } from '../../appliance/vault/catalogue.ts';
import { makeFolder } from '../../appliance/vault/durable.ts';
import { cataloguePath, openVault, type Vault, type VaultOptions } from '../../appliance/vault/vault.ts';

export interface Box {
  /** Where its things lie. */
  readonly at: ReturnType<typeof places>;
  readonly device: Device;
  readonly log: AuditLog;
  /** The policy in force; null: there is none, or none that can be trusted. */
  policy(): VerifiedPolicy | null;
}

/** The box at `data`. A command that asks for neither device nor log makes none of them. */
export function openBox(data: string): Box & { close(): void } {
  const at = places(data);
  let device: Device | null = null;
  let log: AuditLog | null = null;
  return {
    at,
    get device() {
      device ??= openDevice(at.identity, systemChance);
      return device;
    },
    get log() {
      log ??= openAuditLog({
        path: at.auditDatabase,
        deviceId: this.device.deviceId,
        clock: systemClock,
        chance: systemChance,
        accessDays: () => generalDays(this.policy()?.policy ?? null, 'access'),
      });
      return log;
    },
    policy() {
      try {
        return loadPolicy(at.policy);
      } catch {
        // What cannot be trusted gives no terms.
        return null;
      }
    },
    close: () => log?.close(),
  };
}

/** Gives the box at `data` to `use`, and closes it. */
export async function withBox<T>(data: string, use: (box: Box) => Promise<T> | T): Promise<T> {
  const box = openBox(data);
  try {
    return await use(box);
  } finally {
    box.close();
  }
}

/** The box with something of it that `open` opened. */
const withPart = <Part extends { close(): void }, T>(
  data: string,
  open: (box: Box) => Part,
  use: (part: Part, box: Box) => Promise<T> | T,
): Promise<T> =>
  withBox(data, async (box) => {
    const part = open(box);
    try {
      return await use(part, box);
    } finally {
      part.close();
    }
  });

const directoryDays = (box: Box) => () => generalDays(box.policy()?.policy ?? null, 'directory');

const privacyDays = (box: Box) => ({
  directory: directoryDays(box),
  request: () => generalDays(box.policy()?.policy ?? null, 'request'),
});

const openPrivacyOf = (box: Box): Privacy => openPrivacy(box.at.privacyDatabase, privacyDays(box));

const openRegisterOf = (box: Box, privacy: Privacy, access: Access, destinations: readonly Place[] | null) =>
  joinRegister({
    privacy,
    access,
    destinations,
    policy: box.policy,
    deviceId: box.device.deviceId,
    append: (entry) => box.log.append(entry),
    clock: systemClock,
  });

function openAccessOf(box: Box): Access {
  const access = openAccess({
    path: box.at.accessDatabase,
    clock: systemClock,
    chance: systemChance,
    append: (event) => {
      box.log.append(event);
    },
    directoryDays: directoryDays(box),
    // Who holds which role stands in the register.
    onRolesChanged() {
      const privacy = openPrivacyOf(box);
      try {
        openRegisterOf(box, privacy, access, null).record('roles');
      } finally {
        privacy.close();
      }
    },
  });
  return access;
}

/** Writes the register of a policy that is about to come into force: what is processed stands there first. */
export function recordRegisterOf(box: Box, next: VerifiedPolicy): void {
  const privacy = openPrivacyOf(box);
  const access = openAccessOf(box);
  try {
    openRegisterOf(box, privacy, access, null).recordNext(next);
  } finally {
    access.close();
    privacy.close();
  }
}

/** The people of the desk. What is done to them is written down first. */
export const withAccess = <T>(data: string, use: (access: Access, box: Box) => Promise<T> | T): Promise<T> =>
  withPart(data, openAccessOf, use);

export const withPhones = <T>(
  data: string,
  use: (phones: ReturnType<typeof openPhones>, box: Box) => Promise<T> | T,
): Promise<T> => withPart(data, (box) => openPhones(box.at.phonesDatabase, directoryDays(box)), use);

/** Acknowledged notices, and versions of the register. */
export const withPrivacy = <T>(data: string, use: (privacy: Privacy, box: Box) => Promise<T> | T): Promise<T> =>
  withPart(data, openPrivacyOf, use);

export interface RegisterParts {
  readonly register: KeptRegister;
  readonly privacy: Privacy;
  readonly access: Access;
  readonly box: Box;
}

/** The register of the box at `data`. `destinations` null: those that it named last. */
export const withRegister = <T>(
  data: string,
  destinations: readonly Place[] | null,
  use: (parts: RegisterParts) => Promise<T> | T,
): Promise<T> =>
  withPrivacy(data, async (privacy, box) => {
    const access = openAccessOf(box);
    try {
      return await use({ register: openRegisterOf(box, privacy, access, destinations), privacy, access, box });
    } finally {
      access.close();
    }
  });

/** The whole vault, keystore included. `tpm` counts when there is no keystore yet. @throws Problem of the keystore or the TPM. */
export const withVault = <T>(
  data: string,
  use: (vault: Vault, box: Box) => Promise<T> | T,
  options?: Pick<VaultOptions, 'tpm'>,
): Promise<T> => withPart(data, (box) => openVault(box.at.vault, options), use);

/** The catalogue alone: whoever reads rows needs no key, and must not make a keystore before the box itself has said where its key goes. */
export const withCatalogue = <T>(data: string, use: (catalogue: Catalogue, box: Box) => Promise<T> | T): Promise<T> =>
  withPart(
    data,
    ({ at }) => {
      makeFolder(at.vault);
      return openCatalogue(cataloguePath(at.vault));
    },
    use,
  );
