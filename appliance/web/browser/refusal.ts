/** Why a recording could not be opened, as a code that is a key of the page's texts. */
export type RefusalCode =
  | 'reason_missing'
  | 'key_missing'
  | 'not_a_private_key'
  | 'wrong_key'
  | 'wrong_passphrase'
  | 'passphrase_missing'
  | 'not_content'
  | 'refused'
  | 'offline'
  | 'no_opus'
  | 'failed';

export class Refusal extends Error {
  readonly code: RefusalCode;
  /** The box's own sentence, when it is the box that refused. */
  readonly told: string | undefined;

  constructor(code: RefusalCode, told?: string, cause?: unknown) {
    super(told ?? code, { cause });
    this.name = 'Refusal';
    this.code = code;
    this.told = told;
  }
}
