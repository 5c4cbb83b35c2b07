/** What a recording server asks of a source: its password, and all of its metadata anew. */
import test from 'ava';
import { answerChallenge } from '../../sip/digest/client.ts';
import { policy } from './testing/policy.ts';
import { sbc, scene } from './testing/scene.ts';
import { vector } from './testing/vectors.ts';

// One after the other: each starts a media worker of its own.

const account = { user: 'sbc', password: 'a secret of some length' };

test.serial(
  'a source that has a password is asked for it, once for each session, and by nothing in the session',
  async (t) => {
    const { siprec, counters, source } = await scene(t, { decide: policy(), sources: [{ ...sbc, account }] });
    const connection = await source();
    const challenged = await connection.dial(vector('rfc7865')).invite();
    t.is(challenged.status, 401);
    const answer = (as: typeof account, count = 1) =>
      `Authorization: ${answerChallenge({
        challenge: challenged.headers.get('WWW-Authenticate')!,
        method: 'INVITE',
        uri: 'sip:srs@box.example',
        ...as,
        cnonce: 'c0',
        count,
      })}`;
    for (const wrong of [
      { ...account, password: 'another' },
      { ...account, user: 'anna' },
    ]) {
      t.is((await connection.dial(vector('rfc7865')).invite([answer(wrong)])).status, 401);
    }
    t.is(counters.get('siprec.refused.password'), 2);
    t.is(siprec.calls.length, 0);
    const dialog = connection.dial(vector('rfc7865'));
    t.is((await dialog.invite([answer(account)])).status, 200);
    t.is((await connection.dial(vector('rfc7865')).invite([answer(account)])).status, 401, 'heard on the wire');
    t.is(siprec.calls.length, 1);
    t.is((await dialog.bye()).status, 200);
  },
);

const metadata = (xml: string) => ({ type: 'application/rs-metadata+xml', body: xml });
const bye = (participant: string) => `<recording><datamode>partial</datamode>
  <participantsessionassoc participant_id="${participant}" session_id="c2Vzc2lvbi1vbmUAAAAAAA=="><disassociate-time>2026-03-02T09:05:00Z</disassociate-time></participantsessionassoc></recording>`;

test.serial(
  'after what could not be read, or names nobody, a source that takes such requests is asked for all of it, once',
  async (t) => {
    const { siprec, source } = await scene(t, { decide: policy() });
    const connection = await source();
    const dialog = connection.dial(vector('rfc7865'));
    const accepts = 'Accept: application/sdp, application/rs-metadata-request';
    t.is((await dialog.invite([accepts, 'Allow: INVITE, ACK, BYE, UPDATE'])).status, 200);
    t.is((await dialog.update(metadata('<recording><broken'))).status, 400);
    const request = await dialog.request();
    t.like(request, { method: 'UPDATE' });
    t.is(request.headers.get('Content-Type'), 'application/rs-metadata-request');
    t.is(request.headers.get('Content-Disposition'), 'recording-session');
    t.regex(request.body.toString(), /<requestsnapshot xmlns="urn:ietf:params:xml:ns:recording:1">/);
    dialog.respond(request);
    // Asked already; the next request is the one after all has been told.
    t.is((await dialog.update(metadata('<recording><broken'))).status, 400);
    const all = vector('rfc7865').body.toString('latin1');
    const document = all.slice(all.indexOf('<recording'), all.indexOf('</recording>') + 12);
    t.is((await dialog.update(metadata(document))).status, 200);
    t.is((await dialog.update(metadata(bye('Z2lqcwAAAAAAAAAAAAAAAA==')))).status, 200);
    const again = await dialog.request();
    t.regex(again.body.toString(), /nobody is named/);
    dialog.respond(again);

    const silent = connection.dial(vector('rfc7865'));
    t.is((await silent.invite()).status, 200);
    t.is((await silent.update(metadata('<recording><broken'))).status, 400);
    t.is((await silent.bye()).status, 200, 'who does not say that it takes them is not asked');
    t.is(siprec.calls.length, 1);
  },
);
