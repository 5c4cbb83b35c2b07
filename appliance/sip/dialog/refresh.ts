/** Refreshes a session (RFC 4028 7.4): by UPDATE without a description where the peer takes it, else by re-INVITE with what stands. */
import { allowance } from '../capabilities.ts';
import type { Half } from './half.ts';
import type { ReinviteResult } from './our-offer.ts';

export interface RefreshOptions {
  readonly own: Half;
  readonly supported: readonly string[];
  /** The INVITE before has not come to its end. */
  readonly inviteOpen: () => boolean;
  /** Sends a request and gives its final status; 408 and 503 stand for none. */
  readonly query: (method: string, headers: readonly (readonly [string, string])[]) => Promise<number>;
  readonly reinvite: (sdp: Buffer) => Promise<ReinviteResult>;
}

/** Calling what it returns refreshes once. What came of it, the timer of the line hears. */
export function refresher({ own, supported, inviteOpen, query, reinvite }: RefreshOptions): () => void {
  const { line, talk } = own;
  let byUpdate = true;
  const failed = () => line.timer?.failed();
  const refresh = async (): Promise<void> => {
    // An offer that is under way refreshes the session itself.
    if (inviteOpen() || own.glare() !== null || !talk.localSdp) return failed();
    if (!byUpdate || !line.allows('UPDATE')) return (await reinvite(talk.localSdp)).ok ? undefined : failed();
    const status = await query('UPDATE', allowance(supported));
    if (status < 300) return undefined;
    byUpdate = status !== 405 && status !== 501;
    return byUpdate ? failed() : refresh();
  };
  return () => void refresh();
}
