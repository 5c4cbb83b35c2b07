/** One recording: what it is bound to, who was told and asked, who opened it. */
import type { AuditEvent } from '@belkluis/shared/audit/event';
import type { Consent } from '@belkluis/shared/policy/consent';
import { problem as vaultProblem } from '../../appliance/vault/problems.ts';
import { withCatalogue } from './box.ts';
import type { Command } from './command.ts';

/** Openings that are listed. */
const HISTORY = 50;

const day = (at: number): string => new Date(at).toISOString();

const consentLine = ({ at, act, mode, side, how, key, promptHash }: Consent): string =>
  `  ${day(at)}  ${side} ${act}${how === null ? '' : ` by ${how}`}${key === null ? '' : ` (key ${key})`}, ${mode}, heard ${promptHash.slice(0, 16)}`;

function historyOf(event: AuditEvent) {
  if (event.kind !== 'release' && event.kind !== 'export') return [];
  const { at, actor, kind, facts } = event;
  return [
    { at, by: actor, did: kind === 'release' ? 'opened' : 'exported', use: facts.use ?? null, reason: facts.reason },
  ];
}

export const recordingsShow: Command = {
  name: 'recordings show',
  usage: 'recordings show ID',
  summary: 'shows a recording: purpose, uses, who was told and asked in the call, who opened it',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [id] = positionals as [string];
    return withCatalogue(data, (catalogue, { log }) => {
      const row = catalogue.get(id);
      if (!row) throw vaultProblem('recording_unknown', id);
      log.append({ kind: 'view', actor: 'cli', facts: { recording: id } });
      const { purpose, policyVersion, level, uses, caller, callee, startedAt, expiresAt, erasedAt, eraseReason } = row;
      const consents = catalogue.consents.of(id);
      const history = log
        .about(id, ['release', 'export'], HISTORY)
        .flatMap(({ event }) => (event === null ? [] : historyOf(event)));
      const json = {
        ...{ id, purpose, policyVersion, level, uses, caller, callee, eraseReason },
        startedAt: day(startedAt),
        expiresAt: day(expiresAt),
        erasedAt: erasedAt === null ? null : day(erasedAt),
        consents: consents.map(({ at, ...consent }) => ({ at: day(at), ...consent })),
        history: history.map(({ at, ...opening }) => ({ at: day(at), ...opening })),
      };
      const text = [
        `${id}  ${day(startedAt)}${caller === null ? '' : `  ${caller} → ${callee}`}`,
        `Purpose ${purpose}, policy ${policyVersion}, level ${level}. It may be used for: ${uses.join(', ')}.`,
        erasedAt === null ? `It leaves ${day(expiresAt)}.` : `Erased ${day(erasedAt)}: ${eraseReason}.`,
        consents.length === 0 ? 'Nothing is kept of who was told.' : 'Told and asked in the call:',
        ...consents.map(consentLine),
        history.length === 0 ? 'Nobody has opened it.' : 'Opened:',
        ...history.map(
          ({ at, by, did, use, reason }) => `  ${day(at)}  ${by} ${did} it${use ? ` for ${use}` : ''}: ${reason}`,
        ),
      ];
      return { json, text: text.join('\n') };
    });
  },
};

export const recordingsPurpose: Command = {
  name: 'recordings purpose',
  usage: 'recordings purpose ID NEW',
  summary: 'refused: a recording keeps the purpose that its callers were told',
  options: {},
  takes: 2,
  run({ positionals, data }) {
    const [id] = positionals as [string, string];
    return withCatalogue(data, (catalogue) => {
      const row = catalogue.get(id);
      throw row ? vaultProblem('purpose_bound', row.purpose) : vaultProblem('recording_unknown', id);
    });
  },
};
