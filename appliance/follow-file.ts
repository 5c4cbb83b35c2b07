/** Follows files that another process replaces as a whole, and folders that it puts files into. */
import { statSync } from 'node:fs';

/** How often the file is looked at, ms: what a person applies is in force within seconds. */
const LOOK_EVERY_MS = 1000;

/** Tells one content from another: a file that is replaced is another inode, a folder that got a file has another time. */
function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
}

/**
 * Calls `load` now, and again whenever what is at one of `paths` has changed, appeared or gone; never twice at the same time. `load` reports its
 * own errors; what it throws is `failed`'s. Resolves after the first time.
 */
export async function followFile(
  paths: readonly string[],
  load: () => Promise<void> | void,
  failed: (error: Error & { code?: string }) => void,
): Promise<{ close(): void }> {
  let seen: string | null = null;
  let looking = false;
  const look = async (): Promise<void> => {
    const now = paths.map(versionOf).join();
    if (looking || now === seen) return;
    looking = true;
    seen = now;
    try {
      await load();
    } catch (error) {
      failed(error as Error);
    } finally {
      looking = false;
    }
  };
  await look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { close: () => clearInterval(timer) };
}
