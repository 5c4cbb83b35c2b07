/** What the desk's pages ask of the lines, joined to the document and to the call process. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { ask } from './control/client.ts';
import { type Drafts, openDrafts } from './drafts/drafts.ts';
import { problem } from './drafts/problems.ts';
import { joinLines } from './join-lines.ts';
import { changesOf, weakeningsIn } from './lines/changes.ts';
import type { Lines } from './lines/schema.ts';
import { hideSecrets } from './lines/secrets.ts';
import type { LineServices } from './web/line-services.ts';

/** How long a draft of the lines waits for its author, ms: to read a page of changes, not to keep passwords in memory. */
const KEEP_MS = 15 * 60_000;

interface Parts {
  /** Of the lines document, and of the call process's socket. */
  readonly lines: string;
  readonly controlSocket: string;
  /** Appends to the audit log. @throws Problem `audit_failed`: then nothing is done. */
  readonly append: (entry: AuditEntry) => void;
  readonly clock: Clock;
  readonly chance: Chance;
}

const same = (a: Lines, b: Lines): boolean => JSON.stringify(a) === JSON.stringify(b);

export function joinLinePages({
  lines,
  controlSocket,
  append,
  clock,
  chance,
}: Parts): LineServices & Pick<Drafts<Lines>, 'close'> {
  const acts = joinLines(lines, append);
  const drafts = openDrafts<Lines>({ clock, chance, keepMs: KEEP_MS });
  return {
    trunks: () => ask(controlSocket, { ask: 'trunks' }),
    async pbx() {
      const [status, phones] = await Promise.all([
        ask(controlSocket, { ask: 'status' }),
        ask(controlSocket, { ask: 'pbx phones' }),
      ]);
      return status?.pbx && phones ? { up: status.pbx.up, phones } : null;
    },
    told: () => hideSecrets(acts.kept()),
    draft(person, next) {
      const base = acts.kept();
      return drafts.put(person.id, base, acts.preview(next).next);
    },
    drafted(person, id) {
      const { base, next } = drafts.find(person.id, id);
      const changes = changesOf(base, next);
      return { changes, weakens: weakeningsIn(changes) };
    },
    apply(person, id, reason) {
      const { base, next } = drafts.find(person.id, id);
      if (!same(base, acts.kept())) throw problem('draft_old');
      acts.apply(next, { actor: person.id, reason });
      drafts.drop(id);
    },
    close: drafts.close,
  };
}
