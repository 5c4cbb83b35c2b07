/** Texts of the lines to the outside world. */
export const lineTexts = {
  trunks: {
    title: 'Trunks',
    well: 'Every trunk is there',
    attention: 'A trunk needs attention',
    none: 'This box has no trunk',
    noneMore: 'Calls stay in the house. Add a trunk to tell the box of a carrier.',
    notYet: 'Not in use yet',
    unknown: 'It is not known how the trunks are',
    unknownMore:
      'The call process does not answer. It is started again by itself; look again in a minute, then tell IT.',
    lead: 'They bring calls to the phones of a number, and take calls that the rules of this box let out.',
    caption: 'Trunks and their state',
    trunkName: 'Trunk',
    state: 'State',
    until: 'Registered until',
    heard: 'Last heard',
    calls: 'Calls now',
    callsOf: (calls: string, most: string) => `${calls} of ${most}`,
    never: 'never yet',
    registered: 'Registered',
    answers: 'Answers',
    asking: 'Registers now',
    down: 'Does not answer: calls go by another trunk, if there is one',
    plain: 'may do without encryption for now',
    faults: {
      wrong_password:
        'Refuses the account or its password. Check both with the carrier; the box tries again in some minutes',
      no_answer: 'Does not answer the registration. Check the address, and whether a firewall drops it',
      unreachable:
        'Cannot be reached, or shows another certificate. Check the address, the network and its certificate',
      name_unknown:
        'The DNS knows no server of this name that may be spoken to. Check the name, and that it offers TLS',
      busy: 'Takes nothing at the moment. The box tries again by itself',
      refused: 'Refuses the registration. Ask the carrier why',
    } as Record<string, string>,
    fault: (code: string) => `Is not registered (${code})`,
    caps: 'Limits reached today',
    capsLead: 'Whoever did not expect this should look at that phone: its password may be in other hands.',
    phone: (name: string) => `Phone ${name}`,
    trunk: (name: string) => `Trunk ${name}`,
    stopped: 'Refused since then',
    capNames: {
      user_at_once: 'calls at once',
      user_calls: 'calls of the day',
      user_minutes: 'minutes of the day',
      trunk_calls: 'calls of the day',
      trunk_minutes: 'minutes of the day',
    } as Record<string, string>,
  },
};

export type LineTexts = typeof lineTexts;
