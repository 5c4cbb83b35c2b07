/** What other rooms have to say to an MSP, such as an incident, as the text of a mail and as the body of a webhook. Pure. */
import { MAIL_LINES } from './limits.ts';
import type { Mail, Named } from './message.ts';
import { type AlertLanguage, alertWords } from './words/of.ts';

export const noticeKinds = ['agreement_ends', 'agreement_ended', 'subprocessor_change', 'incident'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface NoticeMessage {
  /** The same whenever it is sent again. */
  readonly id: string;
  /** The same for every channel. */
  readonly notice: string;
  readonly kind: NoticeKind;
  readonly madeAt: number;
  readonly msp: Named;
  readonly language: AlertLanguage;
  /** An exercise: it says so. */
  readonly drill: boolean;
  readonly text: Readonly<Record<AlertLanguage, string>>;
  readonly customers: readonly Named[];
}

export function noticeMail({ kind, msp, language, drill, text, customers }: NoticeMessage): Mail {
  const { notices, mail } = alertWords[language];
  const subject = `${msp.name}: ${drill ? `${notices.drill}: ` : ''}${notices.kinds[kind]}`;
  const shown = customers.slice(0, MAIL_LINES).map(({ name }) => `  - ${name}`);
  const more = customers.length > shown.length ? [`  - ${notices.more(customers.length - shown.length)}`] : [];
  const lines = [text[language], '', `${notices.concerns}:`, ...shown, ...more, '', mail.footer, ''];
  return { subject, text: lines.join('\n') };
}

/** JSON; `type` is `notice`. Fields are added, never changed. */
export const noticeBody = ({ notice, kind, madeAt, msp, language, drill, text, customers }: NoticeMessage): string =>
  JSON.stringify({
    type: 'notice',
    timestamp: new Date(madeAt).toISOString(),
    data: { msp, notice: { id: notice, about: kind, drill, text: text[language], customers } },
  });
