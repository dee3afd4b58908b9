import { InvalidInput } from '#shared/text/input-sentence.ts'
import { peopleText } from '../text/people-text.ts'

type Json = Record<string, unknown>

const IP_ADDRESS = /^(?:[\d.]+|\[.*\])$/

/**
 * True if the page's address can have passkeys: they belong to a name, never to an IP address, and need an encrypted
 * connection or `localhost` (WebAuthn, section 5.1.3).
 */
export function canUsePasskeys(): boolean {
  const { protocol, hostname } = location
  return (
    isSecureContext &&
    protocol.startsWith('http') &&
    !IP_ADDRESS.test(hostname) &&
    typeof PublicKeyCredential === 'function' &&
    // Safari before 18.4 has passkeys without this.
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'
  )
}

/** Makes a passkey in this browser. `options` and the result are WebAuthn's JSON. */
export async function makePasskey(options: Json): Promise<Json> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never)
  return jsonOf(await attempt(() => navigator.credentials.create({ publicKey })))
}

/** Lets the person choose one of their passkeys. */
export async function choosePasskey(options: Json): Promise<Json> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never)
  return jsonOf(await attempt(() => navigator.credentials.get({ publicKey })))
}

/** Browsers say only in the name of the error what happened. */
async function attempt(ask: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await ask()
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'NotAllowedError' || name === 'AbortError') throw refused(peopleText.passkeys.cancelled)
    throw refused(name === 'InvalidStateError' ? peopleText.passkeys.exists : peopleText.passkeys.failed)
  }
}

function jsonOf(credential: Credential | null): Json {
  if (!(credential instanceof PublicKeyCredential)) throw refused(peopleText.passkeys.cancelled)
  return credential.toJSON() as unknown as Json
}

function refused(message: string): InvalidInput {
  return new InvalidInput({ code: 'passkey', message, parts: {} })
}
