/** Dialogs as trunks and phones of other makers lead them, played by SIPp word for word against a box. */
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { type Sipp, type SippOptions, startSipp } from '../peers/sipp.ts';

let box: ScenarioBox;

test.before(async () => {
  const plain = ['late'].map((user) => ({ user, plain: true }));
  box = await scenarioBox({ phones: [...plain, { user: 'desk-late' }] });
});
test.after.always(() => box?.end());

const sipp = (scenario: string, user: string, more: Partial<SippOptions> = {}) =>
  startSipp({
    scenario,
    user,
    secret: box.phones.get(user)!.secret,
    domain: box.config.domain,
    box: box.target('UDP').port,
    folder: join(box.folder, 'sipp'),
    ...more,
  });

/** All messages, once SIPp has seen what its file says. */
async function asWritten(t: ExecutionContext, { ended }: Sipp): Promise<string> {
  const { code, errors, messages } = await ended;
  t.is(code, 0, `${errors}\n${messages}`);
  return messages;
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

test('late offer: the offer comes in the 200, repeated until the ACK answers it, and again in the middle of the call', async (t) => {
  const desk = await box.phone('desk-late');
  const phone = await sipp('late-offer', 'late', { to: 'desk-late' });
  const call = await desk.nextCall();
  const messages = await asWritten(t, phone);
  t.true(count(messages, /^SIP\/2.0 200 OK(?=[\s\S]{0,400}CSeq: 2 INVITE)/gm) >= 2);
  await call.ended;
});
