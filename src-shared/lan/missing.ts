import { type DeviceProgram, deviceProgram, hasOwnAuthorities } from './device-program.ts'
import type { LanDevice, LanFailure, LanTls } from './lan.ts'

/** What a device lacks for a secure connection: a sentence about it, and the next step. The pages translate both by id. */
interface MissingWords {
  readonly what: string
  readonly next: string
}

/** A device that the person still has to set up, by what it lacks. */
export const MISSING = {
  not_trusted: {
    what: 'It does not trust Latchkey’s certificate yet.',
    next: 'Open the page for other devices on it, and follow its steps to the end.',
  },
  not_trusted_ios: {
    what: 'It does not trust Latchkey’s certificate. Perhaps it is installed and not switched on yet.',
    next: 'On the device, open Settings, General, About, Certificate Trust Settings, and switch the certificate on.',
  },
  not_trusted_firefox: {
    what: 'Firefox does not trust Latchkey’s certificate, because it has its own list.',
    next: 'Open the page for other devices in Firefox, and follow its steps for Firefox.',
  },
  not_trusted_program: {
    what: 'This program does not trust Latchkey’s certificate.',
    next: 'Give it the certificate as a file, or install the certificate on its device.',
  },
  not_trusted_files: {
    what: 'It does not trust the certificate in your files.',
    next: 'Use a certificate that the device trusts, or install the authority that signed it.',
  },
  wrong_name: {
    what: 'It used a name or an address that the certificate does not contain.',
    next: 'Enter one of the addresses that Latchkey shows, letter for letter.',
  },
  clock: {
    what: 'For its clock, the certificate is not valid yet or has expired.',
    next: 'Set the date and time of the device, and those of this computer, to automatic.',
  },
  plain_http: {
    what: 'It used an address that begins with http://.',
    next: 'Change the address in its app, so that it begins with https://.',
  },
  old_tls: {
    what: 'Its app knows only outdated encryption (older than TLS 1.2).',
    next: 'Update the app, or the system of the device.',
  },
  aborted: {
    what: 'It ended the connection before the connection was secure, and did not say why.',
    next: 'Most often it does not trust the certificate yet: open the page for other devices on it, and follow its steps.',
  },
  old_authority: {
    what: 'It used the authority that you removed.',
    next: 'Remove that authority from the device, and set the device up again.',
  },
  unfinished: {
    what: 'It has not connected securely yet.',
    next: 'Follow the steps of the page for other devices to the end, and enter the https address in its app.',
  },
} as const satisfies Record<string, MissingWords>

export type Missing = keyof typeof MISSING

/** What a device lacks, or null if it has connected securely since, or if connections need no certificate. */
export function missingOf(device: LanDevice, tls: LanTls): Missing | null {
  const { lastSecureAt, lastFailure } = device
  if (tls === 'off') return null
  if (device.usedOldAuthority) return 'old_authority'
  if (lastFailure === null) return lastSecureAt === null ? 'unfinished' : null
  if (lastSecureAt === null) return detailed(lastFailure.reason, device, tls)
  // A device that connects securely also ends connections that it no longer needs.
  if (lastFailure.at < lastSecureAt || lastFailure.reason === 'aborted') return null
  return detailed(lastFailure.reason, device, tls)
}

function detailed(reason: LanFailure, { userAgent }: LanDevice, tls: LanTls): Missing {
  if (reason !== 'not_trusted') return reason
  return tls === 'files' ? 'not_trusted_files' : distrustOf(deviceProgram(userAgent))
}

const BROWSERS: readonly (string | null)[] = ['Edge', 'Opera', 'Firefox', 'Chrome', 'Safari', null]

function distrustOf(device: DeviceProgram): Missing {
  if (device.system === 'iPhone' || device.system === 'iPad') return 'not_trusted_ios'
  if (hasOwnAuthorities(device)) return 'not_trusted_firefox'
  return BROWSERS.includes(device.program) ? 'not_trusted' : 'not_trusted_program'
}
