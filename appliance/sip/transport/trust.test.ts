/** Whom we speak to over TLS, on real connections: the certificate decides, not the address that the DNS gave. */
import { createHash, X509Certificate } from 'node:crypto';
import test from 'ava';
import { onLoopback } from '../testing/agents.ts';
import { loopbackCertificate } from '../testing/certificate.ts';
import type { TlsTrust } from './flow.ts';

async function server(names: readonly string[]) {
  const material = await loopbackCertificate({ names, addresses: ['127.0.0.1'] });
  const { agent, target } = await onLoopback('TLS', material);
  agent.onRequest = ({ respond }) => respond({ status: 202 });
  const client = await onLoopback('TCP');
  const ask = async (tls: TlsTrust) => {
    const asked = { method: 'MESSAGE', requestUri: 'sip:x@carrier.test', from: '<sip:a@b>', to: '<sip:x@b>' };
    const { status } = await client.agent.request({ ...asked, destination: { ...target, tls } });
    return status;
  };
  const fingerprint = createHash('sha256').update(new X509Certificate(material.cert).raw).digest('hex');
  const close = () => Promise.all([agent.close(), client.agent.close()]);
  return { ask, ca: material.cert, fingerprint, close };
}

test('the certificate must name the domain that was asked for: not only the address, and no wildcard', async (t) => {
  const good = await server(['carrier.test']);
  t.is(await good.ask({ ca: good.ca, servername: 'carrier.test' }), 202);
  await t.throwsAsync(good.ask({ ca: good.ca, servername: 'other.test' }), { code: 'unreachable' });
  await t.throwsAsync(good.ask({ servername: 'carrier.test' }), { code: 'unreachable' }, 'nobody vouches for it');
  t.is(await good.ask({ ca: good.ca }), 202, 'an address that was asked for by itself');
  await good.close();
  const wild = await server(['*.carrier.test']);
  await t.throwsAsync(wild.ask({ ca: wild.ca, servername: 'sip.carrier.test' }), { code: 'unreachable' });
  await wild.close();
});

test('one certificate that is known by heart is taken without an authority, and another is not', async (t) => {
  const { ask, fingerprint, close } = await server(['whatever.test']);
  t.is(await ask({ servername: 'carrier.test', fingerprint }), 202);
  await t.throwsAsync(ask({ servername: 'carrier.test', fingerprint: '0'.repeat(64) }), { code: 'unreachable' });
  await close();
});
