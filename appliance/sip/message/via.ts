import { remembering } from './remembering.ts';
import { formatParams, parseParams, splitOutside } from './text.ts';

/** One Via (RFC 3261 20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | null;
  readonly branch: string | null;
  readonly params: ReadonlyMap<string, string | null>;
}

/** Null when malformed. White space around the slashes and the colon is allowed (RFC 3261 25.1). */
export const parseVia = remembering(readVia, 4);

function readVia(text: string): Via | null {
  const [head, ...rest] = splitOutside(text, ';', false);
  const match =
    /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([A-Za-z0-9\-.!%*_+`'~]+)[ \t]+(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-_]+)(?:[ \t]*:[ \t]*(\d{1,5}))?$/i.exec(
      head ?? '',
    );
  const params = parseParams(rest.filter((part) => part !== ''));
  if (!match || !params) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port === 0 || port > 65_535)) return null;
  return {
    transport: match[1]!.toUpperCase(),
    host: match[2]!.toLowerCase(),
    port,
    branch: params.get('branch') ?? null,
    params,
  };
}

export const formatVia = ({ transport, host, port, params }: Via): string =>
  `SIP/2.0/${transport} ${host}${port === null ? '' : `:${port}`}${formatParams(params)}`;
