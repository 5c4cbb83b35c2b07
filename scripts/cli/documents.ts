/** Documents made from the policy in force: register of processing, notices, impact assessment, weighing of interests. */
import { systemClock } from '@belkluis/shared/base/clock';
import { callerNotice } from '@belkluis/shared/policy/documents/caller-notice';
import { asText, type Document } from '@belkluis/shared/policy/documents/document';
import { checkDpia, dpiaDraft, LARGE_SCALE_RECORDINGS } from '@belkluis/shared/policy/documents/dpia';
import { interestsDraft } from '@belkluis/shared/policy/documents/interests';
import { registerDocument } from '@belkluis/shared/policy/documents/register-document';
import { noticeVersion, staffNotice } from '@belkluis/shared/policy/documents/staff-notice';
import { type Language, language as languageSchema } from '@belkluis/shared/policy/fields';
import type { Policy } from '@belkluis/shared/policy/schema';
import { documentPage } from '@belkluis/shared/web/document-page';
import { readConfig } from '../../appliance/config.ts';
import { countedOf, placesOf } from '../../appliance/join-documents.ts';
import { problem as privacyProblem } from '../../appliance/privacy/problems.ts';
import { withBox, withCatalogue, withRegister } from './box.ts';
import { type Command, type Options, problem, type Result, textOf, type Values } from './command.ts';

const documentOptions: Options = {
  language: { type: 'string', means: 'nl, en, de or fr (default: en)' },
  html: { type: 'boolean', means: 'a whole page, to print or to put on a website' },
};

const DOCUMENT_USAGE = '[--language LANGUAGE] [--html]';

function languageOf(values: Values): Language {
  const read = languageSchema.safeParse(textOf(values, 'language') ?? 'en');
  if (!read.success) throw problem('usage', `--language is one of ${languageSchema.options.join(', ')}`);
  return read.data;
}

async function printed(values: Values, documents: readonly Document[], json: object): Promise<Result> {
  const shown = values.html ? documents.map((one) => documentPage(one).toString()) : documents.map(asText);
  return { json, text: (await Promise.all(shown)).join('\n\n') };
}

const policyOf = (policy: Policy | undefined): Policy => {
  if (!policy) throw privacyProblem('no_policy');
  return policy;
};

const purposesOf = ({ purposes }: Policy, id: string | undefined) => {
  const found = purposes.filter((purpose) => id === undefined || purpose.id === id);
  if (found.length === 0) throw privacyProblem('purpose_unknown', id);
  return found;
};

export const registerShow: Command = {
  name: 'register',
  usage: `register [--version N | --check | --record] [--config FILE] ${DOCUMENT_USAGE}`,
  summary: 'the record of processing activities (GDPR 30); --check: 1 when what was recorded is not so',
  options: {
    version: { type: 'string', means: 'an earlier version, by its number' },
    check: { type: 'boolean', means: 'compares what was recorded with what is so, and names what differs' },
    record: { type: 'boolean', means: 'writes a version of what is so now' },
    config: { type: 'string', means: 'compares destinations of backups as well (default: as recorded)' },
    ...documentOptions,
  },
  takes: 0,
  run({ values, data }) {
    const language = languageOf(values);
    const config = textOf(values, 'config');
    const destinations = config === undefined ? null : placesOf(readConfig(config));
    return withRegister(data, destinations, async ({ register, privacy: { registers }, access }) => {
      if (values.record) {
        const version = register.record('asked');
        const text =
          version === null ? 'The register says it already.' : `Version ${version} of the register is written.`;
        return { json: { version }, text };
      }
      const { live, recorded, drift } = register.check();
      if (values.check) {
        const number = recorded?.version ?? null;
        const text =
          drift.length === 0
            ? `Version ${number} of the register says what is so.`
            : [`Recorded as version ${number ?? '–'}, and not so any more:`, ...drift.map((row) => `  ${row}`)].join(
                '\n',
              );
        return { json: { version: number, drift }, text, exitCode: drift.length === 0 ? 0 : 1 };
      }
      const asked = textOf(values, 'version');
      const kept = asked === undefined ? recorded : registers.get(Number(asked) || 0);
      if (asked !== undefined && !kept) throw privacyProblem('register_unknown', asked);
      const shown = asked === undefined ? live : kept!.register;
      const names = new Map(access.people().map(({ id, name }) => [id, name]));
      const nameOf = (id: string) => names.get(id) ?? null;
      const json = {
        version: kept?.version ?? null,
        versions: registers.list(),
        names: Object.fromEntries(shown.holders.flatMap(({ people }) => people.map((id) => [id, nameOf(id)] as const))),
        register: shown,
      };
      return printed(values, [registerDocument(shown, nameOf, language)], json);
    });
  },
};

export const noticeCallers: Command = {
  name: 'notice callers',
  usage: `notice callers ${DOCUMENT_USAGE}`,
  summary: 'what callers are told in writing (GDPR 13), to put where the announcement points to',
  options: documentOptions,
  takes: 0,
  run: ({ values, data }) =>
    withBox(data, (box) => {
      const notice = callerNotice(policyOf(box.policy()?.policy), languageOf(values));
      return printed(values, [notice], { notice });
    }),
};

export const noticeStaff: Command = {
  name: 'notice staff',
  usage: `notice staff [--purpose ID] ${DOCUMENT_USAGE}`,
  summary: 'what employees are told of the recording of their calls, for each purpose, with its version',
  options: { purpose: { type: 'string', means: 'of this purpose alone' }, ...documentOptions },
  takes: 0,
  run: ({ values, data }) =>
    withBox(data, (box) => {
      const policy = policyOf(box.policy()?.policy);
      const language = languageOf(values);
      const purposes = purposesOf(policy, textOf(values, 'purpose'));
      const notices = purposes.map((purpose) => ({
        purpose: purpose.id,
        version: noticeVersion(purpose),
        notice: staffNotice(policy, purpose, language),
      }));
      return printed(
        values,
        notices.map(({ notice }) => notice),
        { notices },
      );
    }),
};

/** What the answers rest on: a box that has recorded nothing has counted nothing. */
const counted = (data: string, policy: Policy) =>
  withCatalogue(data, (catalogue) => countedOf(catalogue, policy, systemClock.now()));

export const dpiaCheck: Command = {
  name: 'dpia check',
  usage: 'dpia check',
  summary: 'whether an impact assessment is required (GDPR 35) and what of it is open; 1 when it is owed',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withBox(data, async (box) => {
      const policy = policyOf(box.policy()?.policy);
      const { recordings } = await counted(data, policy);
      const check = checkDpia(policy, { recordings });
      const owed = check.required && !check.done;
      const met = Object.entries(check.answers).flatMap(([name, yes]) => (yes ? [name] : []));
      return {
        json: { flag: owed ? 'DPIA_REQUIRED' : null, recordings, threshold: LARGE_SCALE_RECORDINGS, ...check },
        text: [
          owed ? 'DPIA_REQUIRED: the policy names none.' : check.required ? 'Required, and done.' : 'Not required.',
          `Because: ${met.join(', ') || 'nothing speaks for it'}; ${recordings} recordings in 30 days.`,
          ...check.open.map(
            ({ measure, field }) => `Open: ${measure}${field === null ? '' : ` (${field} does not exist)`}`,
          ),
        ].join('\n'),
        exitCode: owed ? 1 : 0,
      };
    }),
};

export const dpiaDraftCommand: Command = {
  name: 'dpia draft',
  usage: `dpia draft ${DOCUMENT_USAGE}`,
  summary: 'a draft of the impact assessment, filled in from the policy in force',
  options: documentOptions,
  takes: 0,
  run: ({ values, data }) =>
    withBox(data, async (box) => {
      const policy = policyOf(box.policy()?.policy);
      const draft = dpiaDraft(policy, await counted(data, policy), languageOf(values));
      return printed(values, [draft], { draft });
    }),
};

export const liaDraft: Command = {
  name: 'lia draft',
  usage: `lia draft PURPOSE ${DOCUMENT_USAGE}`,
  summary: 'a draft of the weighing of interests of one purpose (GDPR 6(1)(f))',
  options: documentOptions,
  takes: 1,
  run: ({ positionals, values, data }) =>
    withBox(data, (box) => {
      const policy = policyOf(box.policy()?.policy);
      const [purpose] = purposesOf(policy, positionals[0]);
      if (purpose!.lawfulBasis !== 'f') throw privacyProblem('not_by_interest', purpose!.id);
      const draft = interestsDraft(policy, purpose!, languageOf(values));
      return printed(values, [draft], { draft });
    }),
};
