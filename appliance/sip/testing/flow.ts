import type { Flow, TransportName } from '../transport/flow.ts';

/** A flow that keeps the first line of everything sent on it. */
export function deafFlow(
  transport: TransportName = 'UDP',
  address = '192.0.2.9',
  port = 5060,
): Flow & { readonly lines: string[]; readonly texts: string[] } {
  const lines: string[] = [];
  const texts: string[] = [];
  return {
    id: `${transport} ${address}:${port}`,
    transport,
    secure: transport === 'TLS',
    peerFingerprint: null,
    local: { address: '192.0.2.8', port: 5060 },
    remote: { address, port },
    open: true,
    lines,
    texts,
    send(bytes) {
      const text = bytes.toString('latin1');
      texts.push(text);
      lines.push(text.slice(0, text.indexOf('\r\n')));
    },
  };
}
