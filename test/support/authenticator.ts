// Stands for a phone or a security key: makes passkeys and their signatures as WebAuthn Level 3 says, so that a test can
// also make wrong ones, which no browser sends.

import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

interface Passkey {
  readonly id: Buffer
  readonly privateKey: KeyObject
  readonly userHandle: string
  counter: number
}

/** What an answer can have wrong. */
export interface Deviation {
  /** Another origin in the client's data. */
  readonly origin?: string
  /** Another host name in the authenticator's data. */
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  /** The flags byte; by default present, verified and, for a new passkey, with its data. */
  readonly flags?: number
  /** The passkey's own count goes on from here. */
  readonly counter?: number
  /** Changes the signature. */
  readonly signature?: (signature: Buffer) => Buffer
  readonly userHandle?: string | null
  /** The format and the statement of the attestation, by default none. */
  readonly attestation?: { readonly fmt: string; readonly attStmt: Cbor }
}

const PRESENT = 0x01
const VERIFIED = 0x04
const ATTESTED = 0x40

type Cbor = number | string | Buffer | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

export class Authenticator {
  readonly passkeys: Passkey[] = []

  /** Answers `navigator.credentials.create` on a page at `origin`. */
  create(options: Record<string, unknown>, origin: string, wrong: Deviation = {}): Record<string, unknown> {
    const user = options['user'] as { id: string }
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const passkey = { id: randomBytes(32), privateKey, userHandle: user.id, counter: wrong.counter ?? 0 }
    this.passkeys.push(passkey)
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const cose = new Map<number | string, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ])
    const authData = Buffer.concat([
      this.#head(new URL(origin).hostname, PRESENT | VERIFIED | ATTESTED, passkey.counter, wrong),
      Buffer.alloc(16),
      uint16(passkey.id.length),
      passkey.id,
      encode(cose),
    ])
    const { fmt, attStmt } = wrong.attestation ?? { fmt: 'none', attStmt: new Map() }
    const attestationObject = encode(
      new Map<string, Cbor>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', authData],
      ]),
    )
    const id = passkey.id.toString('base64url')
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options, origin, wrong).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** Answers `navigator.credentials.get` on a page at `origin`, with the last passkey made. */
  get(options: Record<string, unknown>, origin: string, wrong: Deviation = {}): Record<string, unknown> {
    const passkey = this.passkeys.at(-1)
    if (passkey === undefined) throw new Error('there is no passkey')
    if (wrong.counter === undefined) passkey.counter += 1
    const authData = this.#head(new URL(origin).hostname, PRESENT | VERIFIED, wrong.counter ?? passkey.counter, wrong)
    const clientData = this.#clientData('webauthn.get', options, origin, wrong)
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()])
    const signature = sign(
      'sha256',
      signed,
      createPrivateKey(passkey.privateKey.export({ format: 'pem', type: 'pkcs8' })),
    )
    const id = passkey.id.toString('base64url')
    const userHandle = wrong.userHandle === undefined ? passkey.userHandle : wrong.userHandle
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: (wrong.signature?.(signature) ?? signature).toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      },
    }
  }

  #head(hostname: string, flags: number, counter: number, wrong: Deviation): Buffer {
    const rpIdHash = createHash('sha256')
      .update(wrong.rpId ?? hostname)
      .digest()
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([rpIdHash, Buffer.of(wrong.flags ?? flags), count])
  }

  #clientData(type: string, options: Record<string, unknown>, origin: string, wrong: Deviation): Buffer {
    const { challenge } = options
    return Buffer.from(
      JSON.stringify({
        type: wrong.type ?? type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? origin,
        crossOrigin: false,
      }),
    )
  }
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

/** The part of CBOR (RFC 8949) that WebAuthn needs. */
function encode(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...(value as Cbor[]).map(encode)])
  const entries = [...(value as ReadonlyMap<number | string, Cbor>)]
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, item]) => [encode(key), encode(item)])])
}

function head(major: number, length: number): Buffer {
  const type = major << 5
  if (length < 24) return Buffer.of(type | length)
  if (length < 256) return Buffer.of(type | 24, length)
  return Buffer.concat([Buffer.of(type | 25), uint16(length)])
}
