import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong when a box and a fleet find each other, and what the person at the box does about it. */
export const problem = problemsOf({
  fleet_url: 'This is not the address of a fleet. Give it as https://HOST or https://HOST:PORT, as your MSP wrote it.',
  fleet_known: 'This box has a fleet. Leave it first: `belkluis fleet leave`. Recordings stay.',
  fleet_none: 'This box has no fleet. `belkluis fleet enrol URL` begins.',
  fleet_not_offered:
    'No fleet waits for a decision at this box. `belkluis fleet status` says how far it is; the MSP types the code first.',
  fleet_fingerprint:
    'This is not what the fleet showed. Compare the fingerprint named here with the one on paper again; if they differ, refuse.',
  fleet_unreachable: 'The fleet does not answer. Check the address, the network of the box and its firewall.',
  fleet_unproven:
    'Whoever answers at this address does not know the code. Check the address; if it is right, somebody sits between box and fleet.',
  fleet_locked: 'Too many tries failed. Wait ten minutes; the code stays the same.',
  fleet_not_the_pinned:
    'Whoever answers is not the fleet that was confirmed at this box. Check the clock of the box; if it is right, somebody sits between box and fleet.',
  fleet_answer: 'The fleet answered something that this box does not understand. Update whichever of the two is older.',
  code_lapsed: 'The code is older than a day. `belkluis fleet enrol URL` makes a new one.',
  offer_lapsed: 'Nobody decided in time. Ask the MSP, then begin again: `belkluis fleet enrol URL`.',
  fleet_refused: 'The fleet refused. What is named here says why; ask the MSP.',
  certificate_wrong: 'The fleet sent a certificate that is not this box’s. It was not taken; ask the MSP.',
  certificate_lapsed:
    'The certificate of this box expired more than 30 days ago, or was revoked. Leave the fleet and enrol again.',
});
