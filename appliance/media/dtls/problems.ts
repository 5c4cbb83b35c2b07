import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  dtls_malformed: 'The DTLS message cannot be read. The other side must speak DTLS 1.2 (RFC 6347).',
  dtls_nothing_in_common:
    'The DTLS handshake finds nothing in common. The other side must offer ECDHE with P-256, AES-128-GCM and an SRTP profile (RFC 5764).',
  dtls_not_authentic: 'The DTLS handshake is not authentic: a signature or a Finished message does not fit.',
  dtls_wrong_fingerprint:
    'The certificate is not the one that the session description names. Somebody may stand between, or the phone announces an old certificate.',
});
