/** Texts of the tokens by which programs steer recordings. */
import type { TokenWish } from '../../../access/tokens.ts';
import { plural } from './findings.ts';

/** Sentences for what this page refuses, by code. */
export const tokensProblems = {
  token_unknown: 'There is no such token. It has ended, or was revoked.',
  token_name_taken: 'There is a token of this name already. Choose another, or revoke that one first.',
  token_extensions:
    'Name up to 200 extensions: letters, digits, dots, dashes, underscores and plus signs. Or choose all extensions.',
  token_wishes: 'Choose what the program may do.',
  token_end: 'A token ends tomorrow at the earliest, and within a year.',
  token_right:
    'Only a custodian or a DPO lets a program begin or erase recordings. Choose pause and go on alone, or ask them.',
  tokens_full: 'This box has as many tokens as it can hold. Revoke one first.',
};

export type TokensProblems = { readonly [Code in keyof typeof tokensProblems]: string };

export const tokensTexts = {
  tokens: {
    count: (count: number) => `${count} ${plural(count, 'program', 'programs')} may control recordings`,
    none: 'No program controls recordings',
    lead: 'A program with a token, such as a CRM or a softphone, pauses and resumes the recording of an extension’s call. It learns no number and hears nothing.',
    link: 'Programs that control recordings',
    caption: 'Tokens, by name',
    program: 'Program',
    extensions: 'Extensions',
    all: 'All extensions',
    may: 'May',
    used: 'Last used',
    never: 'not yet',
    ends: 'Ends',
    madeBy: 'Made by',
    cli: 'the command line',
    wishes: { pause: 'Pause', resume: 'Go on', record: 'Begin', object: 'Stop and erase' } satisfies Record<
      TokenWish,
      string
    >,
    revoke: 'Revoke',
    revokeOf: (name: string) => `Revoke the token of ${name}`,
    revokeLead: 'A revoked token is refused at once. What it has paused goes on by itself.',
    makeLink: 'Make a token…',
    make: 'Make a token',
    makeLead: 'One for each program, so that you can revoke one without stopping the others.',
    name: 'Name of the program',
    nameHint: 'As you will know it in this list and in the audit log, such as CRM of sales.',
    which: 'Whose calls',
    some: 'Only of these extensions',
    named: 'Extensions',
    namedHint: 'With spaces or commas between. Whoever has the token sees when these talk.',
    wish: 'What it may do',
    wishHint: 'A purpose may still refuse: what the law keeps is neither paused nor erased.',
    until: 'Ends after',
    untilHint: 'Within a year. Then make another.',
    code: 'Code',
    codeHint: 'Six digits of your authenticator app: a token outlasts your session.',
    verb: 'Make the token',
    made: (name: string) => `The token of ${name}`,
    madeMore: 'It is shown this once and kept nowhere. Put it where the program keeps its secrets.',
    token: 'Token',
    try: 'Try it',
    tryMore:
      'First save the certificate of the box as box.pem, and put the token into TOKEN. docs/api.md tells the answers.',
    certificate: 'Certificate of the box',
    back: 'All programs',
  },
};

export type TokensTexts = typeof tokensTexts;
