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
