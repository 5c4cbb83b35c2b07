/** The box and the fleet that manages it: a code for the MSP, what a person here decides, and leaving. */

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import { qrClaimCode, shownClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { ASK_AGAIN_S } from '@belkluis/shared/contract/enrolment/limits';
import { qrText } from '@belkluis/shared/web/qr';
import { places } from '../../appliance/config.ts';
import { ask } from '../../appliance/control/client.ts';
import { checkOf, type Finding } from '../../appliance/health/finding.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { problem as policyProblem } from '../../appliance/policy/problems.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import type { Enrolment, ShownFleet, Status } from '../../appliance/uplink/enrol/enrol.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { findingText } from '../../appliance/web/i18n/finding-texts.ts';
import { formatsOf } from '../../appliance/web/i18n/formats.ts';
import { PERSON_USAGE, personFrom, personOptions } from './as-person.ts';
import { type Box, withBox } from './box.ts';
import { type Command, needed, problem, type Result, textOf, type Values } from './command.ts';

const withFleet = <T>(data: string, use: (fleet: Enrolment, box: Box) => Promise<T> | T): Promise<T> =>
  withBox(data, async (box) => {
    const fleet = joinFleet({
      at: box.at,
      device: box.device,
      clock: systemClock,
      chance: systemChance,
      append: (entry) => box.log.append(entry),
    });
    try {
      return await use(fleet, box);
    } finally {
      fleet.close();
    }
  });

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

const fleetLines = ({ url, msp, site, root, policyKey }: ShownFleet): string[] => [
  `  says it is  ${msp}`,
  `  for site    ${site}`,
  `  at          ${url}`,
  `  root        ${root}`,
  `  policy key  ${policyKey}`,
];

/** `draws`: the text goes to a terminal, which shows a QR code that a telephone reads. */
function told(status: Status, draws = process.stdout.isTTY): Result {
  switch (status.at) {
    case 'alone':
      return { json: status, text: 'This box has no fleet. `belkluis fleet enrol URL` begins.' };
    case 'offering': {
      const { code, reachedAt, ...rest } = status;
      const text = [
        `Code  ${shownClaimCode(code)}`,
        `QR    ${qrClaimCode(code)}`,
        ...(draws ? [qrText(qrClaimCode(code))] : []),
        `Your MSP types it at the page of this site, until ${day(status.expiresAt)} UTC.`,
        reachedAt === null
          ? `The fleet at ${status.url} has not been reached yet.`
          : `The fleet at ${status.url} was reached; nobody has typed the code yet.`,
      ];
      return { json: { ...rest, code: shownClaimCode(code), qr: qrClaimCode(code), reachedAt }, text: text.join('\n') };
    }
    case 'offered':
      return {
        json: status,
        text: [
          'A fleet that knows the code wants to manage this box:',
          ...fleetLines(status.fleet),
          'Names are what the fleet says. Compare both fingerprints with those on paper from your MSP, then:',
          '  belkluis fleet confirm --root FINGERPRINT --policy-key FINGERPRINT --as NAME',
          '  belkluis fleet refuse --as NAME',
        ].join('\n'),
      };
    case 'confirmed':
      return {
        json: status,
        text: ['Confirmed; the certificate is still to come.', ...fleetLines(status.fleet)].join('\n'),
      };
    case 'enrolled':
      return {
        json: status,
        text: [
          `Enrolled; the certificate is good until ${day(status.expiresAt)} UTC.`,
          ...(status.renewal === 'lapsed' ? ['It was not renewed in time: leave and enrol again.'] : []),
          ...fleetLines(status.fleet),
        ].join('\n'),
      };
  }
}

/** Longest time that a command waits for somebody to type the code, s: an hour. */
const MAX_WAIT_S = 3600;

function waitSeconds(values: Values): number {
  const text = textOf(values, 'wait') ?? '0';
  const seconds = Number(text);
  if (!/^\d{1,4}$/.test(text) || seconds > MAX_WAIT_S) throw problem('usage', `--wait is at most ${MAX_WAIT_S}`);
  return seconds;
}

/** Asks until somebody typed the code or `seconds` are over. What will pass by itself is waited for. */
async function askFor(fleet: Enrolment, seconds: number): Promise<Status> {
  const until = systemClock.monotonic() + seconds * 1000;
  for (;;) {
    const left = until - systemClock.monotonic();
    try {
      const status = await fleet.ask();
      if (status.at !== 'offering' || left <= 0) return status;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'fleet_unreachable' || left <= 0) throw error;
    }
    await sleep(Math.min(left, ASK_AGAIN_S * 1000));
  }
}

const waitOption = {
  wait: { type: 'string', means: 'seconds to wait for the MSP to type the code (default: 0)' },
} as const;

export const fleetEnrol: Command = {
  name: 'fleet enrol',
  usage: `fleet enrol URL [--wait SECONDS] ${PERSON_USAGE}`,
  summary: 'makes a code by which an MSP’s fleet may ask for this box',
  options: { ...waitOption, ...personOptions },
  takes: 1,
  async run({ positionals, values, data }) {
    const seconds = waitSeconds(values);
    const person = await personFrom(values, data, 'join fleet');
    return withFleet(data, async (fleet, { at }) => {
      // The customer’s own key comes before anybody else’s.
      if (!existsSync(policyFiles(at.policy).trust)) throw policyProblem('trust_missing');
      const made = await fleet.begin(positionals[0]!, person.id);
      if (seconds === 0) return told(made);
      process.stderr.write(`${told(made, process.stderr.isTTY).text}\n`);
      return told(await askFor(fleet, seconds));
    });
  },
};

/** How the connection is and what the fleet says as witness, as the desk sees it; null: the desk does not run. */
async function connectionNow(data: string) {
  const answer = await ask(places(data).deskSocket, { ask: 'health' });
  if (!answer) return null;
  const found = (answer.findings as unknown as readonly Finding[]).filter(({ code }) =>
    ['uplink', 'witness'].includes(checkOf(code)),
  );
  const f = formatsOf('en', answer.timeZone);
  return {
    found: found.map(({ code, state }) => ({ code, state })),
    waiting: answer.gauges.uplink_queued ?? 0,
    lines: found.map((finding) => `  ${finding.code.padEnd(26)}  ${findingText(en, f, finding)}`),
  };
}

/** With how the connection is, where there should be one. */
async function withConnection(told: Result, data: string): Promise<Result> {
  const now = await connectionNow(data);
  const { found = null, waiting = null } = now ?? {};
  const lines = now
    ? ['Connection:', ...now.lines, `  messages that wait          ${now.waiting}`]
    : ['The desk does not run, so there is no connection.'];
  return {
    ...told,
    json: { ...(told.json as object), connection: now && { found, waiting } },
    text: [told.text, ...lines].join('\n'),
  };
}

export const fleetStatus: Command = {
  name: 'fleet status',
  usage: 'fleet status [--wait SECONDS]',
  summary: 'asks the fleet, and says how far the enrolment is',
  options: waitOption,
  takes: 0,
  run({ values, data }) {
    const seconds = waitSeconds(values);
    return withFleet(data, async (fleet) => {
      const { at } = fleet.status();
      const status = at === 'offering' || at === 'confirmed' ? await askFor(fleet, seconds) : fleet.status();
      return status.at === 'enrolled' ? withConnection(told(status), data) : told(status);
    });
  },
};

/** An act of a person on what waits here. */
const decision = (
  name: string,
  summary: string,
  act: (fleet: Enrolment, by: string, values: Values) => Promise<Status>,
  more: { usage?: string; options?: Command['options'] } = {},
): Command => ({
  name: `fleet ${name}`,
  usage: `fleet ${name} ${more.usage ?? ''}${PERSON_USAGE}`,
  summary,
  options: { ...more.options, ...personOptions },
  takes: 0,
  async run({ values, data }) {
    const person = await personFrom(values, data, 'join fleet');
    return withFleet(data, async (fleet) => told(await act(fleet, person.id, values)));
  },
});

export const fleetConfirm = decision(
  'confirm',
  'lets the fleet that waits manage this box, and pins its keys',
  (fleet, by, values) => fleet.confirm(by, { root: needed(values, 'root'), policyKey: needed(values, 'policy-key') }),
  {
    usage: '--root FINGERPRINT --policy-key FINGERPRINT ',
    options: {
      root: { type: 'string', means: 'the fingerprint of the fleet’s root, from paper of your MSP' },
      'policy-key': { type: 'string', means: 'that of the key with which your MSP signs policies' },
    },
  },
);

export const fleetRefuse = decision('refuse', 'sends the fleet that waits away, or gives up the code', (fleet, by) =>
  fleet.refuse(by),
);

export const fleetLeave = decision(
  'leave',
  'wipes the keys of the fleet; recordings and the policy in force stay',
  (fleet, by) => fleet.leave(by),
);
