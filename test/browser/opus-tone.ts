/** One second of a tone of 1000 Hz as Opus, 20 ms a packet, made with libopus: for tests of players. */
const packed = [
  'LEiDD5q1DUj0hsiB9M37kt+QZSecO3ZeD3BUkDjdhUzIuNJYx3rwnjfcqqAsLkih+AAMro3W0dDmLoP6qzY/L/6uAmWWwcz6nV+KfPBraMLLzJ',
  'bANUllOMzD9YAvSJwbnkPqi6AYo4/ptLWQmsYbzjwRPrnMCyrHkBhNAJZVwOQHN0U49bWEhxV6WM4zSJwbnkPqi6AYo5JIpKFenrGVs1qP5zFV',
  'JOtDWHRXcEewROn/KfRrpRcQ/2UkWJxdE9v4M0icG55D6ougGKOSb2TlyFmWSwdAgrIaibiMjSCgTUYGqx+R+JU5Gz3JRoMXmfxp/sDUaDJInB',
  'ueQ+qLoBijj9MGOY+FVHhhhosfWJrEpBPO62tFbq4HPDd70kAIgYbW77ErBLBuCDNInBueQ+qLoBijkRlAtg9iPbQP6INjE/G1FyM1jjjHQlMJ',
  'FU19QggddhfmoH28Db7JOIAtSJyT3kPqi6AYo5Ix9evr9yqamCqQ6gdB+ToUlNDNeVzy442iigiL3uRD8iusLUick95D6ougGKOSMv9/URAC+f',
  'Gct8OAl56a0SavgZWI0oCmwL+p8qYV+pHsqzFInJPeQ+qLoBijj9MFij2I1bd+Wcd/PpsVpCDmyr0n/+IED5GPJPJTDah5Rcn64zmAL0ick95D',
  '6ougGKOTYV2lPF9yF5KiLqXuIcxV+mhXCpFawDucm0mpWqK2B8TCd1zsL0ick95D6ougGKOP0wP25+k1PukTpyVQZTnM4nATcOZPRaGn0EB3NX',
  'Tg2OomRJCgKkidacjNmvQfYmeSJjQyE4oHD8VNhqsf3EV06fbUNeieph6VwssWmnX70ClInWnIzZr0H2JnmKZr0JZ3zLMAHFY5D+PeLC5VDctO',
  '1Osqi8NoRvT1OCtInWnIzZr0H2JnmOQm0mIBZEGwgoeDAiy8KIf63DTc2eVayvNKIJ1DPfuwLkidacjNmvQfYmeYpnoz9YYpE8CZgLrNUsbtxJ',
  '0Xakjs+5Q6g27fjW0Hz9CvNoApSJ6yKM2a9B9iZ5if02L3PQZbyWTrRuJl50IpAa5OU2zToDdAkm7fBc0qSJ6yKM2a9B9iZ47tZQ2VQTMMxFdG',
  'bfERcxdJ2HlNZTq+qjHmSNefZGuAKUiesijNmvQfYmeVYwBsNODDFL4GXYVDDYyVpr7VeUUpjX2Dalru2Y6YK0iesijNmvQfYmeO7WJjDniYVG',
  'FWwmrkcQctQdJl2aYxODZc+iumFSE9vKglSJ/6iM2a9B9iZ47os2kfgsYzwDZDJApGAzLmnixoeSceF2To8CVIn/qIzZr0H2Jnjui0wKHn/Jxm',
  'uzcmVBqfBh2qRuFaWIzZGJ0QI0ikAGh8DX/2i/v29vrqVQiNNiyu2ue1ZDkyvBvW/jAfoV8gKEikBVZSxIoE2Oykmbzf0hZTByR86pFifHgWWm',
  'y7Pucy826hoHfdVZAnSKUcCcFFWdWsnLgPlxKQrYPPCtdnDA2L2AMFG9cgKFNss3aGFtDvIUilHAnBRVnWAXEMRsmb8mh5VnQDUmjqVT4m9mDg',
  'LYfg9B1IpmRpwUVZ1gFxCsXdkEl38PKihhrEmpwGBxRjFRtIpRwJwUVZ1aycsKz/xw9OsaG7K669HJnyZaQZSKUcCcEY0I2BcQqhpFrddmIuzD',
  'ARY0LJyCFIpRwJwXTb69g9nZ2n/4QoxQ/GxnEepzv/5+lnNB2tWKgfSKVIyHwPRmFsWyuSSMvhJoJ2lSSmB+b/b2gguhcQkCJIpRwJwXTb69g9',
  'nZ3019ZcvGozj+fHIMfdGk+2QMCU/gEgIkilHAnBdNvr2D2ULOGk2LO1RwtD0Jz4iWxMmc+IHEI1/8AbSKadsQ9jUkR7mpCwmPtLpbpxRX74F1',
  'wNJdmAHEin3KnCdxVHlWn4TWAOIJEyrIdlA2lq6GZdWzQYSDzIigfQ5iidFblu9r2IeJN/46Mu1dz0GUg8yIoH0OMiOqQY9tLR/bEZa0PE5Bf0',
  'RfAYSDzIigfQ5j1s+IuFouplRUJ2+E7mxn6JG0g8yIoH0OYo9CHfyxUdPt7GqZhFTIqf1JvFfhlIPMiKB9DmPaWRjhJGb1z0fReaTLQ8KSzgGU',
  'g8L2g8oVYOdiKEg96p7Lf9iohWqgdeCKAaSDwvaDyhVi9OVbNhPrJiwNmN6ie9cL6BIAYcSDwvaDyhVbb6qpC25t5m0mPheWf6c6pOivRq0BpI',
  'PC9oPKFckELjv9B4YActSM41QmY1vFQBQBlIPC9oPKFV+Ed1RLOt5mI6+Ms6mQMg80nOGUg8L2g8oUhHMbCTM8vk1KS45KDJBz1UFLcbSDwvaD',
  'yhVhQGs0zDU7k6iu5J2w41+Ec304CAGkg8L2g8oVX4R1iu8SL29pr7N0tWVapUabZ4GUg8L2g8oVyPyOirV82joDA1gbLXFNdQO4AYSDwvaDyh',
  'XI/GV19fTnR8p6benryhdbix',
].join('');

/** The packets, in order. */
export function opusTone(): Uint8Array[] {
  const bytes = Buffer.from(packed, 'base64');
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes[at]!) packets.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
  return packets;
}
