/** Tokens of programs: made, listed, revoked. */
import { MAX_TOKEN_DAYS } from '../../appliance/access/limits.ts';
import type { Person } from '../../appliance/access/people.ts';
import { type Token, tokenWishes } from '../../appliance/access/tokens.ts';
import { personFrom, personOptions } from './as-person.ts';
import { withAccess } from './box.ts';
import { type Command, instantOf, listOf, problem, textOf } from './command.ts';

const DAY_MS = 86_400_000;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const whose = ({ extensions }: Token): string => (extensions === null ? 'all extensions' : extensions.join(', '));

export const tokensAdd: Command = {
  name: 'tokens add',
  usage: 'tokens add NAME --extension USER...|--all --wish WISH... [--until DATE] [--as NAME [--credentials FILE]]',
  summary: 'makes a token by which a program pauses recordings, and shows it once',
  options: {
    extension: { type: 'string', multiple: true, means: 'an extension whose calls it may steer' },
    all: { type: 'boolean', means: 'it may steer the calls of every extension' },
    wish: { type: 'string', multiple: true, means: `what it may do: ${tokenWishes.join(', ')}` },
    until: { type: 'string', means: `when it ends (default: in ${MAX_TOKEN_DAYS} days, which is the most)` },
    ...personOptions,
  },
  takes: 1,
  async run({ positionals, values, data }) {
    const [name] = positionals as [string];
    const named = listOf(values, 'extension');
    if ((values.all === true) === named.length > 0) throw problem('usage', 'give --extension, or --all');
    const wishes = listOf(values, 'wish');
    const unknown = wishes.find((wish) => !tokenWishes.some((one) => one === wish));
    if (unknown !== undefined) throw problem('usage', `--wish is one of ${tokenWishes.join(', ')}`);
    const expiresAt = instantOf(values, 'until') ?? Date.now() + MAX_TOKEN_DAYS * DAY_MS;
    // Beginning and erasing take somebody who may; pausing and going on is the machine's keeper's to give.
    const by: Person | null =
      textOf(values, 'as') === undefined ? null : await personFrom(values, data, 'manage tokens');
    return withAccess(data, ({ tokens }) => {
      const wanted = { name, extensions: values.all === true ? null : named, wishes, expiresAt };
      const { token, text } = tokens.add(wanted, by);
      return {
        json: { ...token, token: text },
        text: [
          `Token     ${text}   (shown once)`,
          `Program   ${token.name}`,
          `For       ${whose(token)}`,
          `May       ${token.wishes.join(', ')}`,
          `Ends      ${dayOf(token.expiresAt)}`,
        ].join('\n'),
      };
    });
  },
};

export const tokensList: Command = {
  name: 'tokens list',
  usage: 'tokens list',
  summary: 'lists the tokens of programs that count, and when each was last used',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withAccess(data, ({ tokens }) => {
      const all = tokens.list();
      const lines = all.map((token) => {
        const used = token.usedAt === null ? 'not used yet' : `last used ${dayOf(token.usedAt)}`;
        return `${token.name}  ${whose(token)}  ${token.wishes.join(', ')}  ${used}  ends ${dayOf(token.expiresAt)}`;
      });
      return { json: { tokens: all }, text: lines.join('\n') || 'No program has a token.' };
    }),
};

export const tokensRevoke: Command = {
  name: 'tokens revoke',
  usage: 'tokens revoke NAME',
  summary: 'revokes the token of a program: it is refused from then on',
  options: {},
  takes: 1,
  run({ positionals, data }) {
    const [name] = positionals as [string];
    return withAccess(data, (access) => {
      access.tokens.revokeNamed(name, 'cli');
      access.forgetExpired();
      return { json: { revoked: name }, text: `The token of ${name} is revoked.` };
    });
  },
};
