/** Backups and drills by hand; the desk process runs them by the clock. */
import type { BackupReport, Progress } from '../../appliance/backup/backup.ts';
import type { DrillReport } from '../../appliance/backup/drill.ts';
import { readConfig } from '../../appliance/config.ts';
import type { BackupKeeper } from '../../appliance/keep-backups.ts';
import { type Command, needed, type Options, textOf, type Values } from './command.ts';
import { megabytes, progressLine } from './progress.ts';
import { withKeeper } from './with-keeper.ts';

/** The destinations that are meant: the one that is named, or all of the configuration. */
const chosen = (values: Values, { names }: BackupKeeper): readonly string[] => {
  const name = textOf(values, 'destination');
  return name === undefined ? names : [name];
};

const options: Options = {
  config: { type: 'string', means: "the box's configuration" },
  destination: { type: 'string', means: 'one destination; without it, all of them' },
};

const made = ({ destination, snapshot, recordings, bytes, damaged, erased }: BackupReport): string =>
  [
    `${destination}: snapshot ${snapshot}, ${recordings} recordings sent, ${erased} erased ones removed, ${megabytes(bytes)}.`,
    ...damaged.map((id) => `  The file of ${id} is damaged on this box, so it was not sent.`),
  ].join('\n');

export const backupRun: Command = {
  name: 'backup',
  usage: 'backup --config FILE [--destination NAME]',
  summary: 'backs up now, to one destination or to all',
  options,
  asksBox: () => false,
  takes: 0,
  run: ({ values }) =>
    withKeeper(readConfig(needed(values, 'config')), async (keeper) => {
      const line = progressLine(values.json === true);
      const reports: BackupReport[] = [];
      for (const name of chosen(values, keeper)) {
        const show = ({ objects, objectsTotal, bytes }: Progress) =>
          line.show(`${name}: ${objects} of ${objectsTotal} objects, ${megabytes(bytes)}`);
        reports.push(await keeper.backUpTo(name, show));
      }
      line.end();
      const key = reports[0]?.deviceKey;
      const text = [
        ...reports.map(made),
        ...(key ? [`Keep this beside the escrow key; a restore checks it with --device-key:\n  ${key}`] : []),
      ];
      const bad = reports.some(({ damaged }) => damaged.length > 0);
      return {
        json: { backups: reports },
        text: text.join('\n') || 'No destination is configured.',
        exitCode: bad ? 1 : 0,
      };
    }),
};

const told = ({ destination, outcome, snapshot, fetched, damaged, seconds }: DrillReport): string =>
  outcome === 'passed'
    ? `${destination}: snapshot ${snapshot} opened, the canary played, ${fetched} recordings came back whole, in ${seconds} s.`
    : [`${destination}: FAILED, ${outcome}.`, ...damaged.map((id) => `  ${id} is damaged there.`)].join('\n');

export const drillRun: Command = {
  name: 'drill',
  usage: 'drill --config FILE [--destination NAME]',
  summary: 'rehearses a restore, and opens a recording of its own out of the backup',
  options,
  asksBox: () => false,
  takes: 0,
  run: ({ values }) =>
    withKeeper(readConfig(needed(values, 'config')), async (keeper) => {
      const reports: DrillReport[] = [];
      for (const name of chosen(values, keeper)) reports.push(await keeper.drillAt(name));
      const passed = reports.every(({ outcome }) => outcome === 'passed');
      return {
        json: { drills: reports },
        text: reports.map(told).join('\n') || 'No destination is configured.',
        exitCode: passed ? 0 : 1,
      };
    }),
};
