/** A policy with shorter terms: what exists leaves by them. */
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import type { Policy } from '@belkluis/shared/policy/schema';
import { applyRetention } from '../../../appliance/vault/shorten.ts';
import type { Line } from '../journal.ts';
import type { Work } from '../world.ts';
import { append } from './audit.ts';

const WORK = 'shorten';

/** What the shorter policy allows to the content of every recording, ms. */
export const SHORTER_MS = 2 * 24 * 3600_000;

const shorter = (draft: PolicyDraft): Omit<Policy, 'recipients'> => ({
  ...draft,
  purposes: draft.purposes.map((purpose) => ({
    ...purpose,
    retention: { ...purpose.retention, contentDays: 2, trafficDays: 1, evidenceDays: 2 },
  })),
});

export const shorten: Work = {
  name: WORK,
  role: 'desk',
  weight: 1,
  async run(world) {
    const now = world.clock.now();
    const policy = shorter(samplePolicy(new Date(now))) as Policy;
    world.say(WORK, 'about_to_shorten');
    const inForce = { policy, hash: world.random.bytes(32).toString('hex') };
    const log = (event: Parameters<typeof append>[1]) => append(world, event);
    await applyRetention({ catalogue: world.vault.catalogue, append: log }, inForce, now);
    world.say(WORK, 'shortened');
  },
  check({ vault }, journal) {
    const done = journal.last(WORK, 'shortened');
    const last =
      done && journal.lines.slice(0, journal.lines.indexOf(done)).findLast(({ said }) => said === 'about_to_shorten');
    if (!last) return [];
    const before = journal.lines.slice(0, journal.lines.indexOf(last));
    const stays = ({ work, said, id, startedAt }: Line) => {
      if (work !== 'record' || said !== 'about_to_begin') return false;
      const begun = before.some((line) => line.work === 'record' && line.said === 'begun' && line.id === id);
      const row = vault.catalogue.get(id as string);
      return begun && row?.erasedAt === null && row.expiresAt > (startedAt as number) + SHORTER_MS;
    };
    return before.filter(stays).map(({ id }) => `shorten: ${id} keeps its old term`);
  },
};
