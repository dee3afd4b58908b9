import { isIP } from 'node:net'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import type { StoredCredential } from '#shared/people/stored.ts'
import type { SealedFlows } from '../flows/sealed-flows.ts'
import type { PasskeyOptions } from '../sign-in/ports.ts'
import type { Credentials, NewCredential } from './credentials.ts'
import { passkeyRefused, passkeyUnavailable } from './passkey-error.ts'
import { FLOW_MS, PasskeyFlows, type PasskeyPurpose } from './passkey-flows.ts'

/** What is stored of a passkey besides its id. */
const passkeyDataSchema = z.object({
  /** In COSE form, base64url. */
  publicKey: z.string(),
  /** The last signature counter; 0 for passkeys that do not count. */
  counter: z.number().int().nonnegative(),
  transports: z.array(z.string()).max(20),
})
type PasskeyData = z.infer<typeof passkeyDataSchema>

export interface PasskeysOptions {
  readonly credentials: Credentials
  readonly flows: SealedFlows
}

/** For whom a passkey is made. */
export interface PasskeyOwner {
  readonly personId: string
  /** Shown by the browser when it offers the passkey. */
  readonly name: string
}

export interface MadePasskey {
  readonly flow: string
  readonly passkey: Record<string, unknown>
  readonly name: string
}

/** A passkey that was begun for one of them never counts for another: a person who joins gets the id of their passkey. */
type MakingPurpose = Exclude<PasskeyPurpose, 'sign-in'>

/** The page on which a flow begins. */
interface Page {
  readonly origin: string
}

const RP_NAME = 'Latchkey'
/** COSE: ES256, EdDSA, RS256. Every authenticator has one of them. */
const ALGORITHMS = [-7, -8, -257]
const MOST_TRANSPORTS = 10

/**
 * Loaded at the first use, because few starts need it. Its library for certificates needs `reflect-metadata` before it, and
 * a bundle keeps that order only for imports like these.
 */
async function webAuthn() {
  await import('reflect-metadata')
  return await import('@simplewebauthn/server')
}

/**
 * Passkeys: discoverable, so that nobody has to say their name, and with user verification, because a passkey is the only
 * proof. They belong to the host name of the page on which they were made.
 */
export class Passkeys {
  readonly #credentials: Credentials
  readonly #flows: PasskeyFlows

  constructor(options: PasskeysOptions) {
    this.#credentials = options.credentials
    this.#flows = new PasskeyFlows(options.flows)
  }

  /** Options for a sign-in. They name no passkey, so they tell nobody who is here. */
  async beginSignIn({ origin }: Page): Promise<PasskeyOptions> {
    const rpID = rpIdOf(origin)
    const { generateAuthenticationOptions } = await webAuthn()
    const options = await generateAuthenticationOptions({ rpID, userVerification: 'required', timeout: FLOW_MS })
    const flow = await this.#flows.begin('sign-in', { origin, challenge: options.challenge, personId: null })
    return { flow, options: { ...options } }
  }

  /**
   * The credential of an answer, whose use is noted. Resolves to undefined for an answer that nobody here can have made.
   * Rejects with a PersonError `passkey_over` if the flow is over.
   */
  async finishSignIn(sealed: string, answer: Record<string, unknown>, origin: string): Promise<string | undefined> {
    const { challenge } = await this.#flows.take('sign-in', sealed, { origin })
    const credential = this.#credentials.find('passkey', String(answer['id']))
    const data = credential && dataOf(credential)
    if (credential === undefined || data === undefined) return undefined
    const counter = await verifiedCounter(answer, { challenge, origin, credential, data })
    return counter === undefined ? undefined : this.#use(credential.id, counter)
  }

  /** Options to make a passkey. The person's other passkeys are named, so that no device makes a second one. */
  async beginMaking(
    purpose: MakingPurpose,
    { personId, name }: PasskeyOwner,
    { origin }: Page,
  ): Promise<PasskeyOptions> {
    const rpID = rpIdOf(origin)
    const { generateRegistrationOptions } = await webAuthn()
    const options = await generateRegistrationOptions({
      rpName: RP_NAME,
      rpID,
      userID: new TextEncoder().encode(personId),
      userName: name,
      userDisplayName: name,
      attestationType: 'none',
      excludeCredentials: this.#passkeysOf(personId),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
      timeout: FLOW_MS,
    })
    const flow = await this.#flows.begin(purpose, { origin, challenge: options.challenge, personId })
    return { flow, options: { ...options } }
  }

  /**
   * The passkey to store, and the person for whom it was made. Rejects with a PersonError `passkey_over` if the flow is
   * over, and `passkey_refused` for an answer that does not fit it.
   */
  async finishMaking(
    purpose: MakingPurpose,
    { flow, passkey, name }: MadePasskey,
    of: { readonly origin: string; readonly personId?: string },
  ): Promise<{ readonly personId: string; readonly credential: NewCredential }> {
    const { challenge, personId } = await this.#flows.take(purpose, flow, of)
    const made = await verifiedPasskey(passkey, { challenge, origin: of.origin })
    const data: PasskeyData = {
      publicKey: Buffer.from(made.publicKey).toString('base64url'),
      counter: made.counter,
      transports: transportsOf(made.transports),
    }
    const credential = { kind: 'passkey', subject: made.id, name: name || null, data: JSON.stringify(data) } as const
    return { personId: personId ?? '', credential }
  }

  /** Compares with the counter of now, because two answers may have been verified at once. */
  #use(id: string, counter: number): string | undefined {
    const current = this.#credentials.byId(id)
    const data = current && dataOf(current)
    if (current === undefined || data === undefined) return undefined
    if ((counter > 0 || data.counter > 0) && counter <= data.counter) return undefined
    void this.#credentials.used(id, { data: JSON.stringify({ ...data, counter } satisfies PasskeyData) })
    return current.person
  }

  #passkeysOf(personId: string): { id: string }[] {
    return this.#credentials
      .of(personId)
      .filter(({ kind }) => kind === 'passkey')
      .map(({ subject }) => ({ id: subject }))
  }
}

/**
 * The relying party's id: the host name of the page. Throws a PersonError `passkey_unavailable` where browsers have no
 * passkeys: at an address without a name, and without TLS except on this computer.
 */
function rpIdOf(origin: string): string {
  const { protocol, hostname } = new URL(origin)
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  if (hostname.startsWith('[') || isIP(hostname) !== 0) throw passkeyUnavailable()
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal)) throw passkeyUnavailable()
  return hostname
}

interface Expected {
  readonly challenge: string
  readonly origin: string
}

/** undefined for every answer that is not this passkey's. The library throws for what it does not understand. */
async function verifiedCounter(
  answer: Record<string, unknown>,
  { challenge, origin, credential, data }: Expected & { credential: StoredCredential; data: PasskeyData },
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await webAuthn()
  try {
    if (!namesPerson(answer, credential.person)) return undefined
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpIdOf(origin),
      requireUserVerification: true,
      credential: {
        id: credential.subject,
        publicKey: new Uint8Array(Buffer.from(data.publicKey, 'base64url')),
        counter: data.counter,
      },
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}

/** The user handle is the id of the person for whom the passkey was made. Every discoverable passkey returns it. */
function namesPerson({ response }: Record<string, unknown>, personId: string): boolean {
  const handle = (response as { userHandle?: unknown } | undefined)?.userHandle
  return typeof handle === 'string' && Buffer.from(handle, 'base64url').toString('utf8') === personId
}

async function verifiedPasskey(answer: Record<string, unknown>, { challenge, origin }: Expected) {
  const { verifyRegistrationResponse } = await webAuthn()
  try {
    const response = answer as unknown as RegistrationResponseJSON
    await refuseChains(response)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpIdOf(origin),
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) throw new Error('not verified')
    return registrationInfo.credential
  } catch (error) {
    throw passkeyRefused(error)
  }
}

/**
 * Attestation was not asked for, so browsers send none or the passkey's own signature. To check a chain of certificates,
 * the library would fetch the addresses that it names, and nothing here may send requests where a stranger says.
 */
async function refuseChains({ response }: RegistrationResponseJSON): Promise<void> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(response.attestationObject, 'base64url')))
  const isPlain = decoded.get('fmt') === 'none' || decoded.get('fmt') === 'packed'
  if (!isPlain || decoded.get('attStmt').get('x5c') !== undefined) throw new Error('unexpected attestation')
}

function transportsOf(transports: unknown): string[] {
  const all = Array.isArray(transports) ? (transports as unknown[]) : []
  return all.filter((one) => typeof one === 'string' && one.length <= 20).slice(0, MOST_TRANSPORTS) as string[]
}

/** undefined for data that cannot be read. */
function dataOf({ data }: StoredCredential): PasskeyData | undefined {
  try {
    return passkeyDataSchema.parse(JSON.parse(data))
  } catch {
    return undefined
  }
}
