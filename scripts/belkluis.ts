/** The box's command line: `npm run -s belkluis -- COMMAND`. Exit codes: 0 done, 1 refused or tampered, 2 not understood. */
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(
    `Belkluis needs Node 24; this is ${process.version}. Run it with: npm run -s belkluis -- COMMAND\n`,
  );
  process.exit(2);
}
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));

export {};
