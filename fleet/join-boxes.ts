/** Enrolment says which box a certificate is of, inventory where it is: what joins the two, at the broker's door and when a box leaves. */
import type { Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import type { Enrolment } from './enrolment/enrolment.ts';
import type { Place } from './inventory/identities.ts';
import type { Rooms } from './open-rooms.ts';
import { wholeMsp } from './tenants/scope.ts';

/** Characters of its id that a box is called by until somebody gives it a name. */
const NAME_LENGTH = 8;

export interface JoinedBoxes {
  /** Whether it may connect now; from then on what it says is taken. Rejects when that is not known. */
  admit(box: string, serial: string): Promise<boolean>;
  /** The same for a box that a broker beside the fleet let in, which does not tell by which certificate. */
  welcome(box: string): Promise<boolean>;
  /** Revokes what it has, and takes nothing more of it. Its connection ends with the next look at who was revoked. */
  revoke(box: string, by: string): Promise<void>;
  /** Enrolment as boxes reach it: one that leaves leaves the inventory too. */
  readonly hears: Enrolment;
}

export function joinBoxes(
  {
    operator,
    boxes,
    identities,
    enrolment,
    enrolmentStore: store,
  }: Pick<Rooms, 'operator' | 'boxes' | 'identities' | 'enrolment' | 'enrolmentStore'>,
  clock: Pick<Clock, 'now'>,
): JoinedBoxes {
  const retire = async (box: string, by: string): Promise<void> => {
    const place = await identities.place(box);
    if (place && place.state !== 'revoked') await boxes.revoke(wholeMsp(place.msp), box, by);
  };

  /** Into the inventory, at the site of its claim: by now a person at the box has confirmed, and it has its certificate. */
  async function install(box: string, site: string): Promise<void> {
    const { msp } = await operator.place(site);
    await boxes.add(wholeMsp(msp), { id: box, site, name: `Box ${box.slice(0, NAME_LENGTH)}` }, 'fleet');
    await identities.activate(box);
  }

  /** Whether it is in the inventory at `site` after this, where it was found at `place`. */
  async function placedAt(box: string, site: string, place: Place | null): Promise<boolean> {
    const isThere = (at: Place | null) => at?.state === 'active' && at.site === site;
    if (isThere(place)) return true;
    try {
      if (place?.state === 'pending') await identities.activate(box);
      else {
        // From another site: it could be claimed here because nothing that it had there was good any more.
        if (place?.state === 'active') await retire(box, 'fleet');
        await install(box, site);
      }
    } catch (error) {
      // Another process may have been first.
      if (!(error instanceof Problem) || !isThere(await identities.place(box))) throw error;
    }
    return true;
  }

  return {
    async admit(box, serial) {
      // Before the certificate is asked about: whoever revokes does that first, so a good one was issued after what is read here.
      const place = await identities.place(box);
      if ((await enrolment.admit(box, serial)) !== null) return false;
      const known = await enrolment.boxOf(box);
      return known !== null && (await placedAt(box, known.site, place));
    },
    async welcome(box) {
      const place = await identities.place(box);
      const known = await store.known(box, clock.now());
      return typeof known?.site === 'string' && (await placedAt(box, known.site, place));
    },
    async revoke(box, by) {
      await enrolment.revoke(box, 'removed', by);
      await retire(box, by);
    },
    hears: {
      ...enrolment,
      async hear(session, said, exporter, source) {
        const heard = await enrolment.hear(session, said, exporter, source);
        if (said.path === 'act' && said.message.act === 'leave' && heard[1].kind === 'done') {
          const known = await store.known(said.message.box, clock.now());
          if (known?.site === null) await retire(said.message.box, 'box');
        }
        return heard;
      },
    },
  };
}
