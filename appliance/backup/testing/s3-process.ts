/** The process of `startS3`: serves a folder, says its port, and ends with its parent. */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** The package has no types: what we use of it. */
interface S3rver {
  new (
    options: object,
  ): {
    readonly store: { putObject(object: { content: Readable }): Promise<unknown> };
    run(): Promise<{ port: number }>;
  };
}
const Server = createRequire(import.meta.url)('@20minutes/s3rver') as S3rver;

const [directory, bucket] = process.argv.slice(2);
const server = new Server({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory,
  configureBuckets: [{ name: bucket, configs: [] }],
});
// S3 keeps nothing of a body that breaks off; this server would keep the piece, so its store gets bodies that have arrived.
const keep = server.store.putObject.bind(server.store);
server.store.putObject = async (object) => {
  object.content = Readable.from([await buffer(object.content)]);
  return keep(object);
};
const { port } = await server.run();
process.send!({ port });
process.once('disconnect', () => process.exit());
