/** S3 and what speaks like it. One object, one PUT: it is there whole or not at all. */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Problem } from '@belkluis/shared/base/problem';
import { type Body, checkName, type Destination } from '../destination.ts';
import { MAX_PUT_BYTES, SERVER_PATIENCE_MS } from '../limits.ts';
import { problem } from '../problems.ts';

/** Tries of one request: a lost packet is no failed backup, and a dead server is found out soon. */
const MAX_ATTEMPTS = 3;

const silent = (): void => {};

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

export interface S3Options {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretKeyFile: string;
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw problem('key_unreadable', path, cause);
  }
}

interface S3Error extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown): number | undefined => (error as S3Error).$metadata?.httpStatusCode;

function translated(error: unknown, object: string): unknown {
  if (error instanceof Problem) return error;
  const { name, message } = error as S3Error;
  const detail = `${object}: ${name}: ${message}`;
  const status = statusOf(error);
  if (name === 'NoSuchKey') return problem('object_missing', object, error);
  if (status === 507 || /StorageFull|QuotaExceeded|InsufficientStorage/.test(name)) {
    return problem('destination_full', detail, error);
  }
  if (status === 401 || status === 403) return problem('destination_refused', detail, error);
  if (status === undefined) return problem('destination_unreachable', detail, error);
  return problem('destination_failed', detail, error);
}

/**
 * Opens a bucket below `prefix`.
 * @throws Problem `insecure_endpoint`, `destination_versioned`, `destination_refused`, `destination_unreachable`, `key_unreadable`.
 */
export async function openS3(options: S3Options): Promise<Destination> {
  const { name, endpoint, region, bucket, accessKeyId, secretKeyFile } = options;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname))) {
    throw problem('insecure_endpoint', endpoint);
  }
  const client = new S3Client({
    endpoint,
    region,
    // The form that every server understands: the bucket in the path, and no checksums that only newer ones know.
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { accessKeyId, secretAccessKey: readSecret(secretKeyFile) },
    maxAttempts: MAX_ATTEMPTS,
    // What goes wrong is thrown; who asked decides what is written down.
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    requestHandler: { connectionTimeout: SERVER_PATIENCE_MS, socketTimeout: SERVER_PATIENCE_MS },
  });
  let serverTime: number | null = null;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = Date.parse((result.response as { headers?: { date?: string } }).headers?.date ?? '');
      if (Number.isFinite(date)) serverTime = date;
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  // The bucket itself is named without a slash behind it: some servers sign it so, and all understand it.
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { path: string };
      if (request.path === `/${bucket}/`) request.path = `/${bucket}`;
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  const folder = options.prefix === '' ? '' : `${checkName(options.prefix.replace(/\/$/, ''))}/`;
  const keyOf = (object: string) => `${folder}${checkName(object)}`;
  const listPage = (prefix: string, token: string | undefined, most?: number) =>
    client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${folder}${prefix}`,
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(most === undefined ? {} : { MaxKeys: most }),
      }),
    );

  /** A server that does not know the question keeps no versions. */
  async function versioned(): Promise<boolean> {
    try {
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
      return Status === 'Enabled';
    } catch (error) {
      const status = statusOf(error);
      if (status === 501 || status === 405 || status === 404 || status === 400 || status === 403) return false;
      throw error;
    }
  }

  try {
    await listPage('', undefined, 1);
    if (await versioned()) throw problem('destination_versioned', bucket);
  } catch (error) {
    client.destroy();
    throw translated(error, bucket);
  }

  return {
    name,
    async *list(prefix) {
      let token: string | undefined;
      do {
        let page: Awaited<ReturnType<typeof listPage>>;
        try {
          page = await listPage(prefix, token);
        } catch (error) {
          throw translated(error, prefix);
        }
        for (const { Key, Size } of page.Contents ?? []) {
          if (Key !== undefined) yield { name: Key.slice(folder.length), bytes: Size ?? 0 };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    async read(object) {
      const Key = keyOf(object);
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        return Body as Readable;
      } catch (error) {
        throw translated(error, object);
      }
    },
    async write(object: string, body: Body) {
      if (body.bytes > MAX_PUT_BYTES) throw problem('object_too_large', `${object}: ${body.bytes} bytes`);
      const stream = Readable.from(body.open(), { objectMode: false });
      const put = { Bucket: bucket, Key: keyOf(object), Body: stream, ContentLength: body.bytes };
      const stop = new AbortController();
      let fault: unknown = null;
      // What cannot be read here ends the request: the server gets less than it was promised, and keeps nothing.
      stream.on('error', (error) => {
        fault = error;
        stop.abort();
      });
      try {
        await client.send(new PutObjectCommand(put), { abortSignal: stop.signal });
      } catch (error) {
        throw fault ?? translated(error, object);
      }
    },
    async remove(object) {
      const Key = keyOf(object);
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      } catch (error) {
        throw translated(error, object);
      }
    },
    // A server that was promised more than it got keeps nothing.
    tidy: async () => {},
    async now() {
      try {
        await listPage('', undefined, 1);
        return serverTime;
      } catch (error) {
        throw translated(error, 'the time');
      }
    },
    async close() {
      client.destroy();
    },
  };
}
