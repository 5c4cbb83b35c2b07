/** People, phones and networks. */
import type { Database } from '../catalogue-model.ts';
import { address, code, count, hash, hidden, instant, leavesThen, name, pseudonym, rest, secret } from './column.ts';

export const access: Database = {
  people: {
    category: 'directory',
    leaving: 'directory',
    leaves: 'expires_at',
    acts: ['see people'],
    columns: {
      id: pseudonym('Names the person in the audit log.'),
      name: name('By it they sign in, and others know who did what.'),
      name_key: name('The same, so that no two names are mistaken for each other.'),
      roles: code('What they may do.'),
      password: hash('Proves who they are.', hidden),
      totp_secret: secret('Makes the codes that prove it a second time.', hidden),
      totp_step: count('The last code that counted, so that none counts twice.', hidden),
      created_at: instant('When they were added.'),
      seen_at: instant('When they last signed in; unused accounts leave.'),
      expires_at: leavesThen,
    },
  },
  sessions: {
    category: 'authentication',
    leaving: { until: 'at the end of the session, the same day' },
    leaves: 'expires_at',
    acts: [],
    columns: {
      token_hash: hash('Knows the browser that signed in.'),
      person: pseudonym('Who signed in.'),
      stage: code('Whether the code was given too.'),
      started_at: instant('When they signed in.'),
      used_at: instant('When the session was last used; idle ones end.'),
      failures: count('Wrong codes so far; a few end it.'),
      expires_at: leavesThen,
    },
  },
  setup_codes: {
    category: 'authentication',
    leaving: { until: 'once used, and after a week' },
    leaves: 'expires_at',
    acts: [],
    columns: {
      code_hash: hash('Knows the code that somebody was given to sign up.'),
      roles: code('What they will be allowed to do.'),
      created_at: instant('When the code was made.'),
      expires_at: leavesThen,
      name: name('The name that they chose.'),
      password: hash('The password that they chose.'),
      totp_secret: secret('What their authenticator was shown.'),
    },
  },
  tokens: {
    category: 'authentication',
    leaving: { until: 'once revoked, and at its end, a year at most' },
    leaves: 'expires_at',
    acts: ['manage tokens'],
    columns: {
      id: pseudonym('Names the token in the audit log.'),
      secret_hash: hash('Proves that the program holds the token.', hidden),
      name: name('By it people know which program that is.'),
      name_key: name('The same, so that no two names are mistaken for each other.'),
      extensions: name('Whose recordings it may steer; none: those of all.'),
      wishes: code('What it may want of them.'),
      made_by: pseudonym('Who answers for it.'),
      created_at: instant('When it was made.'),
      used_at: instant('The day on which it was last used; unused ones can be revoked.'),
      expires_at: leavesThen,
    },
  },
};

export const phones: Database = {
  phones: {
    category: 'directory',
    leaving: 'directory',
    leaves: 'expires_at',
    acts: ['see phones'],
    columns: {
      user: name('The account that the phone registers as.'),
      ha1: hash('Proves that it is that phone (RFC 7616).', hidden),
      plain_until: instant('Until when it may speak without encryption.', { category: 'configuration' }),
      added_at: instant('When it was added.'),
      seen_at: instant('When it last registered; unused accounts leave.'),
      expires_at: leavesThen,
    },
  },
};

export const networks: Database = {
  bans: {
    category: 'authentication',
    leaving: { until: 'at the end of the ban, weeks at most' },
    leaves: 'expires_at',
    acts: ['lift bans'],
    columns: {
      source: address('Who is not listened to.'),
      why: code('What they did.'),
      reach: code('Whether all of theirs is refused, or datagrams alone.'),
      times: count('How often they were banned; each time lasts longer.'),
      began_at: instant('When it began.'),
      expires_at: leavesThen,
    },
  },
  homes: {
    category: 'authentication',
    leaving: { until: 'weeks after phones were last there' },
    leaves: 'expires_at',
    acts: [],
    columns: {
      network: address('Where phones are, which are not to be shut out by a flood.'),
      written_at: instant('When phones were last there.'),
      expires_at: leavesThen,
    },
  },
};

export const provisioning: Database = {
  links: {
    category: 'authentication',
    leaving: { until: 'once used, and after a day' },
    leaves: 'expires_at',
    acts: [],
    columns: {
      token_hash: hash('Knows the link by which a phone fetches its settings.'),
      user: name('The account that the phone gets.'),
      vendor: code('Whose phone it is, for the form of its settings.'),
      mac: address('The phone that may fetch them.'),
      created_at: instant('When the link was made.'),
      expires_at: leavesThen,
    },
  },
};

export const toll: Database = {
  used: {
    category: 'traffic',
    leaving: { until: 'at the end of the day that it counts' },
    leaves: 'expires_at',
    acts: [],
    columns: {
      day: rest('The day that is counted.'),
      kind: code('Whether an account’s or a trunk’s calls are counted.'),
      name: name('The account, or the trunk, whose limit it is.'),
      calls: count('How many calls went out, against fraud.'),
      talk_ms: count('How long they were, against fraud.'),
      begun_at: instant('When that day began.'),
      expires_at: leavesThen,
    },
  },
};

/** Keys and certificate of the box with its fleet: nothing of a person, nor of a call. */
export const enrolment: Database = {
  enrolment: {
    category: 'configuration',
    leaving: { until: 'when the box leaves its fleet' },
    acts: ['join fleet'],
    columns: {
      id: rest('That there is one row.', { innocent: 'always 1' }),
      state: rest(
        'How far the enrolment is: keys, certificates, and what the fleet says its MSP and the site are called.',
      ),
    },
  },
};
