/** Who is no stranger to the call process: peers that the lines name, wherever they are at this moment. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { PbxLine } from './calls/pbx/pbx.ts';
import { knownSources } from './calls/siprec/sources.ts';
import type { JoinedTrunks } from './join-trunks.ts';
import type { Siprec } from './lines/siprec.ts';
import type { NamedPeers } from './sip/defence/guard.ts';

export interface JoinedPeers extends NamedPeers {
  /** Trunks and PBX stand on the user agent, which stands on whoever asks here. */
  know(trunks: Pick<JoinedTrunks, 'owns' | 'comeFrom'>, pbx: () => Pick<PbxLine, 'speaks' | 'comesFrom'> | null): void;
}

export function namedPeers(siprec: () => Siprec | null, clock: Clock): JoinedPeers {
  const sources = knownSources(siprec, clock);
  const all: NamedPeers[] = [sources];
  return {
    mayConnect: (address) => all.some((peers) => peers.mayConnect(address)),
    speaks: (flow) => all.some((peers) => peers.speaks(flow)),
    know(trunks, pbx) {
      all.push(
        { mayConnect: trunks.comeFrom, speaks: trunks.owns },
        {
          mayConnect: (address) => pbx()?.comesFrom(address) ?? false,
          speaks: (flow) => pbx()?.speaks(flow) ?? false,
        },
      );
    },
  };
}
