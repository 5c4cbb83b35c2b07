/** An authenticator in software (WebAuthn level 3, 6): resident passkeys of P-256, without attestation. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** User present, user verified, attested credential data (6.1). */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

interface Behaviour {
  /** What the browser says where it is. */
  readonly origin: string;
  /** Asks for PIN or finger. */
  readonly verifies: boolean;
}

export class Authenticator {
  readonly #keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly #id: Buffer;
  counter = 0;

  constructor(seed: string) {
    this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#id = sha256(seed);
  }

  #data(host: string, flags: number, rest: Uint8Array = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(host), Uint8Array.of(flags), counter, rest]);
  }

  #client(type: string, challenge: string, origin: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  create(options: PublicKeyCredentialCreationOptionsJSON, { origin, verifies }: Behaviour): RegistrationResponseJSON {
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' });
    // RFC 9053 7.1.1: kty EC2, alg ES256, crv P-256.
    const cose = new Map<number, number | Uint8Array<ArrayBuffer>>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x!, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y!, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, isoCBOR.encode(cose)]);
    const flags = PRESENT | ATTESTED | (verifies ? VERIFIED : 0);
    const authData = Uint8Array.from(this.#data(options.rp.id!, flags, credential));
    const object = new Map<string, string | Map<string, string> | Uint8Array<ArrayBuffer>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return {
      id: base64url(this.#id),
      rawId: base64url(this.#id),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(this.#client('webauthn.create', options.challenge, origin)),
        attestationObject: base64url(isoCBOR.encode(object)),
      },
    };
  }

  get(options: PublicKeyCredentialRequestOptionsJSON, { origin, verifies }: Behaviour): AuthenticationResponseJSON {
    this.counter += 1;
    const data = this.#data(options.rpId!, PRESENT | (verifies ? VERIFIED : 0));
    const client = this.#client('webauthn.get', options.challenge, origin);
    return {
      id: base64url(this.#id),
      rawId: base64url(this.#id),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), this.#keys.privateKey)),
      },
    };
  }
}
