/** How the programs that look for telephone systems to abuse name themselves, when they do not bother to hide. */

const names = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sipcli',
  'sundayddr',
  'pplsip',
  'sipsak',
  'sip-scan',
  'siparmyknife',
  'iwar',
  'vaxsipuseragent',
  'sipptk',
  'gulp',
  'smap',
  'sivus',
];

const pattern = new RegExp(`(?:^|[^a-z])(?:${names.join('|')})`, 'i');

/** Whether a User-Agent, or what stands in its place, is a known scanner's. */
export const isScanner = (userAgent: string | undefined): boolean => userAgent !== undefined && pattern.test(userAgent);
