/** Dialogs as trunks and phones of other makers lead them, played by SIPp word for word against a box. */
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { type Sipp, type SippOptions, sippRegisters, startSipp } from '../peers/sipp.ts';

let box: ScenarioBox;

test.before(async () => {
  const users = ['late', 'insists', 'rings', 'late-insists', 'late-rings', 'short', 'long'];
  const plain = users.map((user) => ({ user, plain: true }));
  box = await scenarioBox({ phones: [...plain, { user: 'desk-late' }] });
});
test.after.always(() => box?.end());

const as = (user: string, transport: 'udp' | 'tcp' = 'udp'): Omit<SippOptions, 'scenario'> => ({
  transport,
  user,
  secret: box.phones.get(user)!.secret,
  domain: box.config.domain,
  box: box.target(transport === 'udp' ? 'UDP' : 'TCP').port,
  folder: join(box.folder, 'sipp'),
});
const calls = (scenario: string, user: string, to: string, transport?: 'udp' | 'tcp') =>
  startSipp({ ...as(user, transport), scenario, to });
const isCalled = async (scenario: string, user: string) =>
  startSipp({ ...as(user), scenario, port: await sippRegisters(as(user)) });

/** All messages, once SIPp has seen what its file says. */
async function asWritten(t: ExecutionContext, { ended }: Sipp): Promise<string> {
  const { code, errors, messages } = await ended;
  t.is(code, 0, `${errors}\n${messages}`);
  return messages;
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

test('late offer: the offer comes in the 200, repeated until the ACK answers it, and again in the middle of the call', async (t) => {
  const desk = await box.phone('desk-late');
  const phone = await calls('late-offer', 'late', 'desk-late');
  const call = await desk.nextCall();
  const messages = await asWritten(t, phone);
  t.true(count(messages, /^SIP\/2.0 200 OK(?=[\s\S]{0,400}CSeq: 2 INVITE)/gm) >= 2);
  await call.ended;
});

test('100rel: a reliable 183 is acknowledged on both legs, its description is the answer, and UPDATE moves media before the call is answered', async (t) => {
  const callee = await isCalled('reliable-callee', 'rings');
  const caller = await calls('reliable-caller', 'insists', 'rings');
  const [heard] = await Promise.all([asWritten(t, caller), asWritten(t, callee)]);
  t.true(count(heard, /^SIP\/2.0 183/gm) >= 2, 'repeated until the PRACK');
});

test('100rel without an offer: the offer comes in the 183, its answer in the PRACK', async (t) => {
  const callee = await isCalled('reliable-callee', 'late-rings');
  const caller = await calls('reliable-late', 'late-insists', 'late-rings');
  const [, heard] = await Promise.all([asWritten(t, caller), asWritten(t, callee)]);
  const [, size] = /received \[(\d+)\] bytes :\s+INVITE /.exec(heard)!;
  t.true(Number(size) < 1300, `our INVITE fits one packet, also when it offers all that we carry: ${size}`);
});

test('session timers: 422 both ways, each leg with its own interval, refreshes change nothing', async (t) => {
  const callee = await isCalled('timer-callee', 'long');
  const caller = await calls('timer-caller', 'short', 'long', 'tcp');
  const [, heard] = await Promise.all([asWritten(t, caller), asWritten(t, callee)]);
  t.is(count(heard, /^UPDATE /gm), 0, 'what keeps one leg alive is not the business of the other');
});
