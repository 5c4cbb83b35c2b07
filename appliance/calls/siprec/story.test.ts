import { randomInt } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { portsFor } from '../../media/testing/bench.ts';
import { sdpOf } from '../../sip/dialog/body.ts';
import { policy } from './testing/policy.ts';
import { scene } from './testing/scene.ts';
import { vector } from './testing/vectors.ts';

const multipart = ['rfc7865', 'draft-nested', 'prefixed-mixed', 'three-streams', 'no-streams', 'conference', 'paused'];

/** What a source may say next, in whatever order, of whatever call. */
const step = fc.record({
  says: fc.constantFrom(
    'reinvite',
    'update',
    'bad update',
    'other update',
    'silence one',
    'nothing to record',
    'recorder back',
  ),
  of: fc.constantFrom(...multipart),
  direction: fc.constantFrom('sendonly', 'inactive', 'sendrecv'),
});
const story = fc.record({
  first: fc.constantFrom(...multipart, 'sdp-only', 'bridge-near', 'bridge-far'),
  steps: fc.array(step, { maxLength: 6 }),
});

const turned = (name: string, direction: string) => ({
  type: vector(name).headers.get('Content-Type')!,
  body: vector(name)
    .body.toString('latin1')
    .replace(/a=(sendonly|inactive)/g, `a=${direction}`),
});
const metadataOf = (name: string): string =>
  /<\?xml[\s\S]*<\/\S+>|<recording[\s\S]*<\/\S+>/.exec(vector(name).body.toString())![0];

test('no story of a source makes a handler fail, or leaves a call or a recording without an end', async (t) => {
  const seed = randomInt(2 ** 31);
  t.log(`seed ${seed}`);
  // Ports rest after a call: as many as all stories use.
  const scenery = await scene(t, {
    decide: policy([{ from: ['5*'] }, { to: ['7*'] }, { to: ['?1'] }]),
    ports: portsFor(250),
  });
  const { counters, recordings, records, siprec, source, until, world } = scenery;
  const connection = await source();
  await fc.assert(
    fc.asyncProperty(story, async ({ first, steps }) => {
      world.refuse = null;
      const dialog = connection.dial(vector(first));
      const opened = await dialog.invite();
      if (opened.status !== 200) throw new Error(`opening: ${opened.status} ${opened.reason}`);
      let over = false;
      // The server hangs up, or asks for the sound of whom it may record now.
      const served = async (): Promise<void> => {
        const request = await dialog.request();
        over = request.method === 'BYE';
        const answer = { type: 'application/sdp', body: sdpOf(vector(first))! };
        if (over) return dialog.respond(request);
        dialog.respond(request, answer);
        return served();
      };
      void served();
      for (const { says, of, direction } of steps) {
        if (over) break;
        const statuses = {
          reinvite: () => dialog.reinvite(turned(of, direction)),
          update: () => dialog.update({ type: 'application/rs-metadata+xml', body: metadataOf(of) }),
          'bad update': () => dialog.update({ type: 'application/rs-metadata+xml', body: metadataOf(of).slice(0, -5) }),
          'other update': () => dialog.update({ type: 'text/plain', body: of }),
          'silence one': () =>
            dialog.reinvite({
              ...turned(of, 'sendonly'),
              body: turned(of, 'sendonly').body.replace('a=sendonly', 'a=inactive'),
            }),
          'nothing to record': async () => {
            world.refuse = 'disk_reserve';
            return null;
          },
          'recorder back': async () => {
            world.refuse = null;
            return null;
          },
        };
        const response = await statuses[says]();
        const { status = 200, reason = '' } = response ?? {};
        if (![200, 400, 481, 488, 491, 500].includes(status)) throw new Error(`${says} ${of}: ${status} ${reason}`);
      }
      if (!over) await dialog.bye();
      await until(() => siprec.calls.length === 0 && recordings.every(({ end }) => end !== null));
      return true;
    }),
    { seed, numRuns: 40, endOnFailure: true },
  );
  t.is(counters.snapshot()['sip.handler_failed'] ?? 0, 0);
  t.true(records.length >= 40, 'every call has a record');
});
