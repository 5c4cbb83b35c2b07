import { X509Certificate } from 'node:crypto';
import { BROADCAST_TOPIC } from '@belkluis/shared/contract/topics';

/** Common name of a fleet process's certificate, and its client id. Ids of boxes are hex, so no box can have it. */
const FLEET_NAME = /^_?fleet(-[a-z0-9]{1,20})?$/;

export const isFleetName = (name: string): boolean => FLEET_NAME.test(name);

/** The name in a certificate (PEM). */
export const nameIn = (certificate: string): string =>
  /^CN=([^\n]*)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? '';

/** Where a fleet process talks to itself, to see whether the broker lets it. */
export const selfTopic = (name: string): string => BROADCAST_TOPIC.replace(/[^/]*$/, `self/${name}`);
