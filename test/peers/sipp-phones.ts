/** Telephones that SIPp plays by a script written here, registered with a box over UDP. */
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { ScenarioBox } from './box.ts';
import { type Sipp, type SippOptions, sippRegisters, startSipp } from './sipp.ts';
import type { SippScript } from './sipp-script.ts';

export interface SippPhones {
  /** `user` calls `to` by its script. */
  calls(user: string, to: string, script: SippScript): Promise<Sipp>;
  /** `user` registers, and takes a call by its script. */
  isCalled(user: string, script: SippScript): Promise<Sipp>;
}

/** `boxOf`: asked at each call, for a box is started after its tests have been told. */
export function sippPhones(boxOf: () => ScenarioBox): SippPhones {
  const as = (user: string): Omit<SippOptions, 'scenario'> => {
    const box = boxOf();
    return {
      user,
      secret: box.phones.get(user)!.secret,
      domain: box.config.domain,
      box: box.target('UDP').port,
      address: box.config.address,
      folder: join(box.folder, 'sipp'),
    };
  };
  return {
    calls: (user, to, script) => startSipp({ ...as(user), scenario: user, script, to }),
    isCalled: async (user, script) =>
      startSipp({ ...as(user), scenario: user, script, port: await sippRegisters(as(user)) }),
  };
}

/** Ports for RTP and RTCP of phones, from `first` on: below those of boxes, and apart for each file that runs beside others. */
export function mediaPorts(first: number): () => number {
  let port = first;
  return () => {
    port += 4;
    return port;
  };
}

/** Everything went as the script says; what SIPp saw of it. */
export async function asWritten(t: ExecutionContext, { ended }: Sipp): Promise<string> {
  const { code, errors, messages } = await ended;
  t.is(code, 0, `${errors}\n${messages}`);
  return messages;
}
