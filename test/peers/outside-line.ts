/** The world outside as one telephone: a carrier that the box knows by its address, and that has everybody's number. */
import type { WrittenLines } from '../../appliance/lines/schema.ts';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { eventually, type ScenarioBox } from './box.ts';
import { ownAddress } from './kamailio.ts';
import { openPhone, type Phone } from './phone.ts';

/** Who calls in, and what it may call: a number for each user. */
export const OUTSIDE = '+31207654321';
export const didOf = (index: number): string => `+312011100${String(index).padStart(2, '0')}`;

/** Joins the box to it; `users`: who answers each number that can be called from outside, in the order of `didOf`. */
export async function outsideLine(box: ScenarioBox, users: readonly string[]): Promise<Phone> {
  const address = ownAddress(7);
  const phone = await openPhone({
    user: OUTSIDE,
    secret: '',
    domain: 'carrier.test',
    target: { transport: 'UDP', address: '127.0.0.1', port: box.config.sip.plain!.udp! },
    plainAudio: true,
    address,
  });
  const lines: WrittenLines = {
    schemaVersion: 1,
    trunks: [
      {
        id: 'carrier',
        host: address,
        port: phone.port,
        transport: 'udp',
        plainUntil: new Date(Date.now() + 3_600_000).toISOString(),
        optionsSeconds: 0,
        numbers: { called: 'e164', calling: 'e164' },
        inbound: users.map((user, index) => ({ did: didOf(index), to: [user] })),
      },
    ],
    outbound: { allow: ['+31'] },
  };
  const before = box.log().split('lines_in_force').length;
  saveLines(box.at.lines, checkLines(lines), () => {});
  await eventually(async () => box.log().split('lines_in_force').length > before, 'lines in force');
  return phone;
}
