/** What both sides of a trunk do in tests: phones of the world outside, and a call that is spoken until it is recorded. */
import type { SipRequest } from '../../appliance/sip/message/message.ts';
import type { Recording } from '../../appliance/vault/catalogue.ts';
import { eventually, type ScenarioBox } from './box.ts';
import type { Phone } from './phone.ts';

/** Every INVITE that the phone gets from now on, as it came. */
export function invitesOf(phone: Phone): SipRequest[] {
  const seen: SipRequest[] = [];
  const { onInvite } = phone.agent;
  phone.agent.onInvite = (call) => {
    seen.push(call.invite);
    onInvite(call);
  };
  return seen;
}

/** Both speak until the recording has something of them; then the caller hangs up. Returns the recording once it has ended. */
export async function talked(
  box: ScenarioBox,
  caller: Awaited<ReturnType<Phone['dial']>>,
  callee: Phone,
  from: string,
  to: string,
): Promise<Recording> {
  const [ours, theirs] = await Promise.all([caller.answered, callee.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  const id = await box.until(
    ({ calls }) => calls.find((call) => call.from === from && call.to === to)?.recording,
    `${from} to ${to} recorded`,
  );
  const [before, behind] = [ours.line.heard.length, theirs.line.heard.length];
  await ours.line.until((heard) => heard.length > before + 50);
  await theirs.line.until((heard) => heard.length > behind + 50);
  ours.hangUp();
  await theirs.ended;
  return eventually(async () => {
    const recording = box.vault(({ catalogue }) => catalogue.get(id));
    return recording?.end ? recording : null;
  }, 'the end of the recording');
}
