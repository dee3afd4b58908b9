import { PersonError } from '#shared/text/person-error.ts'

export function passkeyOver(): PersonError {
  return new PersonError('passkey_over', 'This took too long or was used already. Try again.')
}

export function passkeyUnavailable(): PersonError {
  return new PersonError(
    'passkey_unavailable',
    'Passkeys only work at an https address with a name, such as https://box.local. Open the console there, or use a password.',
  )
}

export function passkeyRefused(cause: unknown): PersonError {
  return new PersonError('passkey_refused', 'Latchkey cannot use this passkey. Try another device or browser.', {
    cause,
  })
}
