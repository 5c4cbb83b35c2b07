/** What the desk's pages ask of the lines, joined to the document and to the call process. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { ask } from './control/client.ts';
import { joinLines } from './join-lines.ts';
import { changesOf, weakeningsIn } from './lines/changes.ts';
import { type Drafts, openDrafts } from './lines/drafts.ts';
import { problem } from './lines/problems.ts';
import type { Lines } from './lines/schema.ts';
import { hideSecrets } from './lines/secrets.ts';
import type { LineServices } from './web/line-services.ts';

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
}: Parts): LineServices & Pick<Drafts, 'close'> {
  const acts = joinLines(lines, append);
  const drafts = openDrafts({ clock, chance });
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
