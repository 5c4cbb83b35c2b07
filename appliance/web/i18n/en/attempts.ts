/** Sentences for how phones tried to register, by code (`calls/phones/registration-outcome.ts`, `trace/attempts.ts`, `sip/defence/bans.ts`). */
export const attemptTexts = {
  attempts: {
    title: 'Tries to register',
    lead: 'Of the last two hours, in memory alone; newest first.',
    caption: 'Tries of this phone, newest first',
    none: 'No try of this phone is remembered.',
    noneMore:
      'It may have another box or address set, no network, or it broke off before it said who it is: look below.',
    down: 'The call process does not answer, so no try is known.',
    when: 'When',
    from: 'From',
    outcome: 'What happened',
    times: (count: string) => `${count} times`,
    agent: 'Calls itself',
    number: 'Number',
    others: 'What may have been a phone',
    othersLead: 'Connections that broke off before anybody said who they are, and addresses that are shut out.',
    strangers: 'Numbers that no phone proved to be',
    strangersLead: 'A phone with a wrong number or secret, one that was taken out, or somebody who guesses.',
    strangersCaption: 'Numbers that were tried, newest first',
    handshakesCaption: 'Connections that broke off, newest first',
    bansCaption: 'Addresses that are shut out',
    address: 'Address',
    until: 'Until',
    bannedHint: 'To have one heard again: belkluis sip bans lift ADDRESS --as NAME.',
    all: 'Phones that do not register',
    allLink: 'Why does a phone not register?',
    well: 'Nothing failed in the last two hours',
    outcomes: {
      ok: 'Registered.',
      removed: 'It took itself out.',
      asked:
        'It was asked for its secret and gave no answer. Its secret or its domain is missing: the domain is what the box calls its realm.',
      stale: 'It answered an old challenge, and was asked again: normal after a pause.',
      malformed: 'Its answer cannot be read, or is not MD5 digest. Have its firmware updated.',
      wrong_secret: 'Its secret is wrong. Make it a new link, or type the secret again; mind the user to sign in as.',
      unknown_number: 'There is no such phone here. Add it, or correct the number in the phone.',
      unheard: 'Somebody guesses at this number, so nobody was heard for a moment. It tries again by itself.',
      other_number:
        'It signs in as another number than it registers for. Set user, number and user to sign in as to the same.',
      plain:
        'It came without TLS, and has no exception. Set its transport to TLS, or give it an exception with an end.',
      exception_over:
        'It came without TLS, and its exception has ended. Set its transport to TLS, or give it a new end.',
      domain: 'It registers at another domain than this box has. Correct its domain, or its SIP server.',
      contact: 'Its Contact cannot be read. Have its firmware updated.',
      too_short: 'It wants to register for less than a minute. Set its registration to 600 seconds.',
      too_many: 'Too many phones share this number. Take one out, or let old registrations run out.',
      out_of_order: 'Its messages came out of order, as after a copy on the network. It tries again by itself.',
      pbx_refused: 'The PBX refused it. Look at the PBX: the user may be unknown there, or not allowed from the box.',
      pbx_silent: 'The PBX did not answer. Test the connection to it.',
    } as Readonly<Record<string, string>>,
    faults: {
      untrusted:
        'The phone does not trust the certificate of the box. Load the certificate into it, or let it fetch its settings again.',
      clock: 'The phone says that the certificate is not of this time. Its clock is wrong: set its time server.',
      old_tls: 'The phone speaks no TLS newer than 1.1, which is broken. Have its firmware updated.',
      no_tls: 'It spoke no TLS at the TLS port. Set its transport to TLS.',
      no_cipher: 'The phone and the box have no cipher in common. Have its firmware updated.',
      broke_off:
        'It broke off the handshake without a word: often it does not trust the certificate, or it is a scanner.',
    } as Readonly<Record<string, string>>,
    bans: {
      scanner: 'Shut out: it called itself a program that looks for telephones to break into.',
      names: 'Shut out: it claimed many numbers and proved none.',
      guesses: 'Shut out: it gave wrong secrets again and again, as a phone with an old one does.',
      flood: 'Shut out: it sent far too much.',
    } as Readonly<Record<string, string>>,
  },
};

export type AttemptTexts = typeof attemptTexts;
