/** Lines for a desk under test: a real document in a folder of its own, with nobody that follows it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { joinLinePages } from '../../join-line-pages.ts';
import type { WrittenLines } from '../../lines/schema.ts';
import { checkLines, loadLines, saveLines } from '../../lines/store.ts';

export function testLines({ clock, append }: { clock: Clock; append: (entry: AuditEntry) => void }) {
  const folder = mkdtempSync(join(tmpdir(), 'desk-lines-'));
  const path = join(folder, 'lines.json');
  const controlSocket = join(folder, 'nobody');
  return {
    path,
    /** As the file has it, with passwords. */
    kept: () => loadLines(path),
    tell: (told: Omit<WrittenLines, 'schemaVersion'>) =>
      saveLines(path, checkLines({ schemaVersion: 1, ...told }), () => {}),
    services: joinLinePages({ lines: path, controlSocket, append, clock, chance: systemChance }),
  };
}
