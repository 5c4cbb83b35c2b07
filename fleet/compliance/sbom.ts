/** The packages of the program, out of its lockfile, as CycloneDX 1.6. */
import { z } from 'zod';

const lockSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** SHA-512 of a package as npm has it, in hex. */
function hashesOf(integrity: string | undefined) {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? [];
  return base64 ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] } : {};
}

/** `lock`: package-lock.json, version 3. Without what only tests and tools use. @throws ZodError when it is something else. */
export function sbomOf(lock: unknown, at: number): object {
  const { name = 'belkluis', version = '0', packages } = lockSchema.parse(lock);
  const components = Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link)
    .map(([path, one]) => {
      const called = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const at = one.version ?? '0';
      return {
        ...{ type: 'library', name: called, version: at, purl: `pkg:npm/${called.replace('@', '%40')}@${at}` },
        licenses: one.license === undefined ? [] : [{ expression: one.license }],
        ...hashesOf(one.integrity),
      };
    })
    .sort((a, b) => (a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : 0));
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: { timestamp: new Date(at).toISOString(), component: { type: 'application', name, version } },
    components: components.filter(({ purl }, index) => components[index - 1]?.purl !== purl),
  };
}
