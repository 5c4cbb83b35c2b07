/** What the box keeps of its own doings: the audit log, and where copies lie. */
import type { Database } from '../catalogue-model.ts';
import { code, count, digest, hash, instant, pseudonym, rest, words } from './column.ts';

export const audit: Database = {
  bodies: {
    category: 'access log',
    leaving: 'access',
    leaves: 'expires_at',
    acts: ['see audit log'],
    columns: {
      position: count('Its place in the log.'),
      salt: hash('Without it nobody can try guesses of the event against its leaf.', { acts: [] }),
      body: words('Who did what, when and why (GDPR 5(2), 32).'),
      expires_at: instant('When it leaves; what the box itself did stays as long as the log.'),
      kind: code('Which kind of event it is, read out of the body.'),
      recording: pseudonym('Which recording it is about, read out of the body.'),
    },
  },
  leaves: {
    category: 'access log',
    leaving: { until: 'with its body, without whose salt it says nothing' },
    leaves: { with: 'bodies' },
    acts: ['see audit log'],
    columns: {
      position: count('Its place in the log.'),
      hash: hash('Commits to the event, so that a change is found.'),
    },
  },
  frontier: {
    category: 'none',
    leaving: { until: 'with the log' },
    acts: [],
    columns: {
      leaves: count('How many leaves stand below it.'),
      hash: digest('The log up to there, so that it can be continued.', { innocent: 'of a whole tree' }),
    },
  },
  nodes: {
    category: 'none',
    leaving: { until: 'with the log' },
    acts: ['see audit log'],
    columns: {
      level: count('How high in the tree it stands.'),
      position: count('Its place there.'),
      hash: digest('Joins two halves of the log, for proofs.', { innocent: 'of two leaves at least' }),
    },
  },
  checkpoints: {
    category: 'none',
    leaving: { until: 'with the log' },
    acts: ['see audit log'],
    columns: {
      number: count('The order of these.'),
      size: count('How many events it signs.'),
      note: rest('The signed head of the log.'),
    },
  },
  cosignatures: {
    category: 'none',
    leaving: { until: 'with the log' },
    acts: ['see audit log'],
    columns: {
      number: count('The order of these.'),
      witness: rest('Who else has seen this head.', { innocent: 'the name of a machine' }),
      size: count('How many events that head signs.'),
      line: rest('The signature of the witness.'),
    },
  },
  state: {
    category: 'none',
    leaving: { until: 'with the log' },
    acts: [],
    columns: {
      one: count('There is one row.'),
      checkpoints: count('How many there are, so that the last cannot be missing unseen.'),
      cosignatures: count('How many there are, for the same.'),
      signer: rest('The key that signs.', { innocent: 'the key of the box' }),
    },
  },
};

export const backup: Database = {
  destinations: {
    category: 'configuration',
    leaving: { until: 'with the configuration' },
    acts: ['see backups'],
    columns: {
      name: rest('Where backups go.', { innocent: 'of a destination, from the configuration' }),
      listed: code('Whether what lies there has been listed.'),
      generation: count('The generation of the log that was copied.'),
      log_size: count('How much of the log was copied.'),
      done_at: instant('When the last whole backup was made.'),
      last_at: instant('When the last one was tried.'),
      last_outcome: code('How that went.'),
      last_recordings: count('How many recordings it copied.'),
      last_bytes: count('How much it copied.'),
      drilled_at: instant('When a restore was last tried out (GDPR 32(1)(d)).'),
      drill_outcome: code('How that went.'),
      drill_seconds: count('How long it took.'),
    },
  },
  contents: {
    category: 'evidence',
    leaving: 'content',
    leaves: { with: 'recordings' },
    acts: [],
    columns: {
      destination: rest('Where the copy lies.'),
      recording: pseudonym('What was copied, so that it can be erased there too.'),
      bytes: count('How large the copy is.'),
    },
  },
  known: {
    category: 'evidence',
    leaving: 'content',
    leaves: { with: 'recordings' },
    acts: [],
    columns: {
      destination: rest('Where a copy may lie.'),
      recording: pseudonym('Of what, so that it can be erased there too.'),
    },
  },
  snapshots: {
    category: 'configuration',
    leaving: { until: 'after seven days, with the snapshot' },
    acts: [],
    columns: {
      destination: rest('Where the snapshot lies.'),
      snapshot: rest('Which one, so that it can be removed there.'),
    },
  },
};

/** Nothing in it says anything of a call: the forms of what is sent have no field that could (`shared/contract`). */
export const uplink: Database = {
  outbox: {
    category: 'none',
    leaving: { until: 'when the fleet has it, or after seven days' },
    acts: [],
    columns: {
      place: count('The order of these.'),
      kind: code('Which kind of message waits.'),
      message: rest('Names the message, so that one that comes twice is known.'),
      command: rest('The command that it answers.'),
      seq: count('How many were sent before it.'),
      made_at: instant('When it was made.'),
      form: count('In which form it is written.'),
      content: rest('Numbers and codes of how the box is; no name, number or text.'),
      bytes: count('How much of the room it takes.'),
      kept: code('Whether it tells of what was lost, and is never given up.'),
    },
  },
  gaps: {
    category: 'none',
    leaving: { until: 'when it was told' },
    acts: [],
    columns: {
      kind: code('Which kind of message was given up.'),
      why: code('Why it was.'),
      lost: count('How many.'),
      first_at: instant('When the first of them was made.'),
      last_at: instant('When the last was.'),
    },
  },
  inbox: {
    category: 'none',
    leaving: { until: 'when a thousand newer ones came' },
    acts: [],
    columns: {
      place: count('The order of these.'),
      command: rest('A command of the fleet, so that it is done once.'),
      heard_at: instant('When it came.'),
      expires_at: instant('Until when it may be done.'),
      answer: code('What became of it.'),
      over: code('Whether that is the end.'),
    },
  },
  state: {
    category: 'none',
    leaving: { until: 'with the box' },
    acts: [],
    columns: {
      one: count('There is one row.'),
      seq: count('How many messages were ever sent.'),
      conn: count('How many connections there ever were.'),
      reads: count('Which forms of messages the fleet reads.'),
      wrong: code('What was wrong when health was last told.'),
      desired: digest('The policy that the fleet last wanted, by its hash.'),
    },
  },
};
