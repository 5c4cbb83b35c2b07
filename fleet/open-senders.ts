/** How alerts leave the server: by the mail server and to the networks that the configuration names. */
import { readFileSync } from 'node:fs';
import type { Clock } from '@belkluis/shared/base/clock';
import { parseNet } from '@belkluis/shared/base/public-address';
import type { Senders } from './alerts/channels.ts';
import { openMail } from './alerts/send/mail.ts';
import { openWebhooks } from './alerts/send/webhook.ts';
import type { Config } from './config.ts';

const textOf = (file: string | null): string | null => (file === null ? null : readFileSync(file, 'utf8'));

export function openSenders({ mail, webhooks }: Pick<Config, 'mail' | 'webhooks'>, clock: Pick<Clock, 'now'>): Senders {
  const allowed = webhooks.allow.map((text) => parseNet(text)!);
  const webhook = openWebhooks({ clock, allowed, authority: textOf(webhooks.authorityFile) });
  if (mail === null) return { mail: null, webhook };
  const { host, port, security, user, passwordFile, from, authorityFile } = mail;
  const password = textOf(passwordFile)?.trim();
  const login = user === null || password === undefined ? null : { user, password };
  return { mail: openMail({ host, port, security, login, from, authority: textOf(authorityFile) }), webhook };
}
