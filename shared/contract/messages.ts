/** Every kind of message there is. */
import { audit } from './audit.ts';
import { broadcast } from './broadcast.ts';
import { certificate } from './certificate.ts';
import { command } from './command.ts';
import { cosignature } from './cosignature.ts';
import { csr } from './csr.ts';
import { desired } from './desired.ts';
import { event } from './event.ts';
import { health } from './health.ts';
import { presence } from './presence.ts';
import { reported } from './reported.ts';
import { response } from './response.ts';

export const upMessages = { presence, reported, health, audit, event, response, csr } as const;

export const downMessages = { desired, command, certificate, cosignature, broadcast } as const;

export const messages = { ...upMessages, ...downMessages } as const;
