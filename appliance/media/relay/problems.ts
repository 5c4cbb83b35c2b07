import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong in carrying audio, apart from packets: those are counted. */
export const mediaProblem = problemsOf({
  media_ports_exhausted:
    'There is no free UDP port for one more phone. Widen media.ports in the configuration, or see which program holds the range.',
  media_too_many_legs: 'One call holds more parties than Belkluis carries. End a leg before opening another.',
  media_address_unusable:
    'The address for audio cannot be used on this machine. Set address in the configuration to one that the machine has.',
  media_lost: 'The thread that carried this call has stopped. Hang up and call again; the journal says why it stopped.',
  media_closed: 'The media room is closed: the box is shutting down. Call again when it is back.',
});
