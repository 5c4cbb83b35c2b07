import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  ca_damaged:
    'The fleet’s certificates cannot be read. Restore the CA folder from a backup: a new root means that a person at every box must enrol it again.',
  ca_root_needed:
    'The root’s key is needed once: to renew an intermediate certificate, or because the fleet has another host name. Put root-key.pem into the CA folder, start the fleet, take it away again.',
  ca_passphrase:
    'The passphrase does not open the key files of the fleet’s CA, or is shorter than 32 characters. Give the one that they were made with.',
  csr_unusable:
    'The request for a certificate is not usable: it must be signed by its own key, on curve P-256. Update the box and begin again.',
  key_reused: 'A renewed certificate needs a new key. Update the box.',
  certificate_lapsed:
    'The certificate of the box expired more than 30 days ago. Enrol it again, with a person at the box.',
  certificate_revoked: 'The certificate of the box was revoked. Enrol it again if that was a mistake.',
  certificate_unknown: 'This fleet knows no such certificate of the box. Enrol it again.',
  code_unreadable: 'This is not a claim code: it has 13 letters and digits. Compare it with what the box shows.',
  code_unknown:
    'No box shows this code to the fleet now. Check that the box says it reached the fleet, and that its code is not older than a day.',
  code_claimed:
    'This code was typed already. The page of the site says how far it is; after a withdrawal or a refusal the box makes another code.',
  claim_wait: 'Too many codes were wrong. Wait ten minutes.',
  agreement_missing:
    'There is no processing agreement with this customer, so no box of theirs may be paired. Sign one first.',
  agreement_expired:
    'The processing agreement with this customer has expired, so no box of theirs may be paired. Renew it first.',
  name_unusable:
    'The name of the MSP or of the site cannot be shown at a box: letters, digits and simple signs only, at most 80.',
  claim_unknown: 'There is no such claim, or it has ended. Look at the page of the site.',
});
