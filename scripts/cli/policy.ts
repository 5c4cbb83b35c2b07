/** Policies as their owner makes them: written as JSON, signed off the box. What the box does with them is in policy-change.ts. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { systemClock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import { type Envelope, signEnvelope } from '@belkluis/shared/policy/dsse';
import { examplePolicy } from '@belkluis/shared/policy/examples/example';
import { languages } from '@belkluis/shared/policy/fields';
import { lawFindings, unconfirmedLaw } from '@belkluis/shared/policy/packs/find';
import {
  RECIPIENTS_TYPE,
  type Recipient,
  type Recipients,
  recipientsFaults,
  recipientsSchema,
} from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE, packNames, policySchema } from '@belkluis/shared/policy/schema';
import { templateNames } from '@belkluis/shared/policy/templates';
import { warnings } from '@belkluis/shared/policy/warnings';
import { readKey } from 'openpgp';
import { places } from '../../appliance/config.ts';
import { lawDetail, problem as policyProblem } from '../../appliance/policy/problems.ts';
import { loadPolicy, policyFiles } from '../../appliance/policy/store.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { type Command, freshPath, listOf, needed, problem, readText, textOf, type Values } from './command.ts';
import { passphraseOf } from './passphrase.ts';

export const policyExample: Command = {
  name: 'policy example',
  usage: 'policy example [--template NAME --country CODE [--language CODE...]]',
  summary: 'prints a policy to start from',
  options: {
    template: { type: 'string', means: `for which purpose: ${templateNames.join(', ')}` },
    country: { type: 'string', means: `whose law binds the calls: ${packNames.join(', ')}` },
    language: {
      type: 'string',
      multiple: true,
      means: `what callers hear, besides what the country asks for: ${languages.join(', ')}`,
    },
  },
  asksBox: () => false,
  takes: 0,
  run({ values }) {
    const issuedAt = new Date(systemClock.now());
    const template = oneOf(values, 'template', templateNames);
    const country = oneOf(values, 'country', packNames);
    if (!template !== !country) throw problem('usage', '--template and --country go together');
    const spoken = listOf(values, 'language').map((one) => known('language', one, languages));
    if (spoken.length > 0 && !template) throw problem('usage', '--language goes with --template and --country');
    const draft =
      template && country ? examplePolicy({ template, country, languages: spoken, issuedAt }) : samplePolicy(issuedAt);
    return { json: draft, text: JSON.stringify(draft, null, 2) };
  },
};

/** `value`, if it is one of `all`. @throws Problem `usage`. */
function known<Name extends string>(option: string, value: string, all: readonly Name[]): Name {
  const found = all.find((one) => one === value);
  if (!found) throw problem('usage', `--${option} is one of ${all.join(', ')}`);
  return found;
}

function oneOf<Name extends string>(values: Values, option: string, all: readonly Name[]): Name | null {
  const value = textOf(values, option);
  return value === undefined ? null : known(option, value, all);
}

async function recipient(role: Recipient['role'], path: string): Promise<Recipient> {
  const certificate = readText(path);
  try {
    const key = await readKey({ armoredKey: certificate });
    if (key.isPrivate()) throw problem('private_key_given', path);
    const fingerprint = key.getFingerprint();
    return { role, name: key.getUserIDs()[0] ?? fingerprint, fingerprint, certificate };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw problem('certificate_unusable', path, cause);
  }
}

function unlock(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch (cause) {
    throw problem('passphrase_wrong', undefined, cause);
  }
}

/**
 * A signed policy out of a draft and the certificates of its recipients. @throws Problem `usage` naming what the schema refuses, and those
 * of `verifyPolicy` and `checkSuccession` for recipients and law.
 */
export function signPolicy(draft: PolicyDraft, recipients: readonly Recipient[], privateKey: KeyObject): Envelope {
  const signer = { privateKey, publicKey: createPublicKey(privateKey) };
  const sealed = (list: object) => signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(list)), [signer]);
  const policy = policySchema.safeParse(withRecipients(draft, sealed({})));
  if (!policy.success) {
    const [issue] = policy.error.issues;
    throw problem('usage', `the policy's ${issue?.path.join('.') || 'document'} ${issue?.message}`);
  }
  const issuedAt = new Date(systemClock.now()).toISOString();
  const list: Recipients = { schemaVersion: 1, listVersion: draft.version, issuedAt, recipients: [...recipients] };
  const checkedList = recipientsSchema.safeParse(list);
  if (!checkedList.success) throw problem('usage', `recipients: ${checkedList.error.issues[0]?.message}`);
  const [fault] = recipientsFaults(policy.data, list);
  if (fault) throw policyProblem(fault.code, fault.path);
  const [forbidden] = lawFindings(policy.data, systemClock.now());
  if (forbidden) throw policyProblem('policy_against_law', lawDetail(forbidden));
  const signed = withRecipients(policy.data, sealed(list));
  return signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(signed)), [signer]);
}

function draftIn(path: string): PolicyDraft {
  try {
    return JSON.parse(readText(path)) as PolicyDraft;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw problem('not_json', path, cause);
  }
}

export const policySign: Command = {
  name: 'policy sign',
  usage: 'policy sign FILE --keyring FILE --custodian FILE... --escrow FILE... --out FILE [--passphrases FILE]',
  summary: 'checks a policy, adds its recipients, signs both with the keyring key',
  options: {
    keyring: { type: 'string', means: 'the private key that signs' },
    custodian: { type: 'string', multiple: true, means: 'the certificate of who may open recordings' },
    escrow: { type: 'string', multiple: true, means: 'the certificate that opens when all else is lost' },
    out: { type: 'string', means: 'the file to write; it must not be there yet' },
    passphrases: { type: 'string', means: 'the file with the passphrase; without it, the terminal asks' },
  },
  asksBox: () => false,
  takes: 1,
  async run({ positionals, values }) {
    const draft = draftIn(positionals[0]!);
    const out = freshPath(needed(values, 'out'));
    const pem = readText(needed(values, 'keyring'));
    const recipients = [
      ...(await Promise.all(listOf(values, 'custodian').map((path) => recipient('custodian', path)))),
      ...(await Promise.all(listOf(values, 'escrow').map((path) => recipient('escrow', path)))),
    ];
    const key = unlock(pem, await passphraseOf('keyring', textOf(values, 'passphrases')));
    writeFileDurably(out, `${JSON.stringify(signPolicy(draft, recipients, key))}\n`);
    const names = recipients.map(({ role, name, fingerprint }) => ({ role, name, fingerprint }));
    const considered = warnings(draft);
    const unsure = unconfirmedLaw(draft, systemClock.now());
    return {
      json: { out, version: draft.version, recipients: names, warnings: considered, unconfirmedLaw: unsure },
      text: [
        `Signed: ${out}. Compare these fingerprints with their owners before you apply it:`,
        ...names.map(({ role, name, fingerprint }) => `  ${role}  ${fingerprint}  ${name}`),
        ...(considered.length === 0 ? [] : ['Consider before you apply it:']),
        ...considered.map(({ path, says }) => `  ${path}: ${says.en}`),
        ...(unsure.length === 0
          ? []
          : ['Have your counsel confirm what we have not read in its source; packCorrections correct it:']),
        ...unsure.map(({ provision, article, says }) => `  ${provision} (${article}): ${says.en}`),
      ].join('\n'),
    };
  },
};

export const trustSet: Command = {
  name: 'trust set',
  usage: 'trust set KEYRING.pub.pem',
  summary: 'tells a new box whose policies it believes; once',
  options: {},
  asksBox: () => false,
  takes: 1,
  run({ positionals, data }) {
    const pem = readText(positionals[0]!);
    const folder = places(data).policy;
    const path = policyFiles(folder).trust;
    if (existsSync(path)) throw problem('file_exists', path);
    makeFolder(folder);
    writeFileDurably(path, JSON.stringify({ policyKeys: [{ key: pem, of: 'customer' }], keyringKey: pem }));
    return {
      json: { trust: path },
      text: 'The box believes policies and recipients that this key has signed, and no others.',
    };
  },
};

export const policyShow: Command = {
  name: 'policy show',
  usage: 'policy show',
  summary: 'prints the policy in force and its hash',
  options: {},
  takes: 0,
  run({ data }) {
    const inForce = loadPolicy(places(data).policy);
    if (!inForce) return { json: { policy: null }, text: 'No policy is in force: calls connect, nothing is recorded.' };
    const { recipients: _envelope, ...policy } = inForce.policy;
    const recipients = inForce.recipients.recipients.map(({ role, name, fingerprint }) => ({
      role,
      name,
      fingerprint,
    }));
    return {
      json: { hash: inForce.hash, policy, recipients },
      text: `${JSON.stringify({ ...policy, recipients }, null, 2)}\nhash ${inForce.hash}`,
    };
  },
};
