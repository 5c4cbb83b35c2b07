import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  srtp_key_malformed:
    'The SRTP key does not fit its suite. The other side must send key and salt of the lengths of RFC 4568 6.2.',
  srtp_index_spent: 'This packet number has been sealed before, or the key has sealed all it may. Agree on a new key.',
  srtp_too_many_sources: 'There are too many sources under one SRTP key. Agree on a new key.',
  packet_too_large: 'The packet is larger than any that carries voice. Use a shorter packet time.',
  sdp_malformed: 'The session description cannot be read. The other side must send one as in RFC 8866.',
  sdp_too_large: 'The session description is larger than any phone needs. Offer fewer codecs and candidates.',
  wav_malformed: 'The file is not a complete WAV file. Export it again from the program that made it.',
  wav_unsupported:
    'The WAV file must hold 16-bit PCM, mono or stereo, from 4 to 192 kHz. Export it again in that form.',
  wav_too_large: 'The WAV file is longer than a prompt should be. Keep prompts under five minutes.',
  wav_silent: 'The WAV file holds no sound at all. Record the prompt again.',
});
