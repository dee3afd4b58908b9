import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, type ProblemCode, problem } from '#shared/text/problem.ts'

/** The problems of certificates, with their English sentences. `at`: ms since 1970 UTC. */
export const LAN_PROBLEMS = {
  clockWrong: (at: number) =>
    problem(
      'lan_clock_wrong',
      `This computer’s clock says ${dayOf(at)}, so Latchkey cannot make a certificate for other devices. Set the clock; Latchkey then continues by itself.`,
      { day: dayOf(at) },
    ),
  notWritten: (path: string) =>
    problem(
      'lan_not_written',
      `Latchkey cannot write ${path}, so it cannot keep the certificate for other devices. Check that the disk has room and that the folder may be written.`,
      { path },
    ),
  keyInFile: (path: string) =>
    problem(
      'lan_key_in_file',
      `This desktop has no open keyring, so the key of Latchkey’s authority is in the file ${path}, which only you can read. Install or unlock a keyring; Latchkey then moves the key there.`,
      { path },
    ),
  authorityUnreadable: () =>
    problem(
      'lan_authority_unreadable',
      'Latchkey cannot read the key of its authority, so it cannot renew the certificate for other devices. Unlock the keyring, or replace the authority.',
      {},
    ),
  authorityDamaged: () =>
    problem(
      'lan_authority_damaged',
      'The key and the certificate of Latchkey’s authority do not fit together, so it cannot make a certificate for other devices. Replace the authority; each device must then trust the new one.',
      {},
    ),
  authorityExpired: (at: number) =>
    problem(
      'lan_authority_expired',
      `Latchkey’s authority was valid until ${dayOf(at)}. Check this computer’s date, or replace the authority; each device must then trust the new one.`,
      { day: dayOf(at) },
    ),
  filesMissing: () =>
    problem(
      'lan_files_missing',
      'Choose the certificate file and the key file for other devices, or let Latchkey make its own certificate.',
      {},
    ),
  unreadable: (path: string) =>
    problem(
      'lan_file_unreadable',
      `Latchkey cannot read the file ${path}. Check that it exists and that Latchkey may read it.`,
      { path },
    ),
  noCertificate: (path: string) =>
    problem(
      'lan_file_no_certificate',
      `The file ${path} contains no readable certificate. A certificate file begins with -----BEGIN CERTIFICATE-----.`,
      { path },
    ),
  noKey: (path: string) =>
    problem(
      'lan_file_no_key',
      `The file ${path} contains no readable private key. A key file begins with a line such as -----BEGIN PRIVATE KEY-----.`,
      { path },
    ),
  encrypted: (path: string) =>
    problem(
      'lan_file_encrypted',
      `The key in ${path} is encrypted with a password, which Latchkey does not know. Save the key without a password, in a file that only you can read.`,
      { path },
    ),
  differ: (path: string, other: string) =>
    problem(
      'lan_files_differ',
      `The certificate in ${path} does not belong to the key in ${other}. Choose the two files of the same certificate.`,
      { path, other },
    ),
  unusable: (path: string) =>
    problem(
      'lan_certificate_unusable',
      `The certificate in ${path} cannot be used for TLS, for example because its key is too short. Renew it with a newer key.`,
      { path },
    ),
  early: (path: string, at: number) =>
    problem(
      'lan_certificate_early',
      `The certificate in ${path} is not valid before ${dayOf(at)}. Check this computer’s date, or choose another certificate.`,
      { path, day: dayOf(at) },
    ),
  expired: (path: string, at: number) =>
    problem(
      'lan_certificate_expired',
      `The certificate in ${path} was valid until ${dayOf(at)}. Renew it, or check this computer’s date.`,
      { path, day: dayOf(at) },
    ),
  expires: (path: string, at: number) =>
    problem(
      'lan_certificate_expires',
      `The certificate in ${path} is valid until ${dayOf(at)}. Renew it before that day, or other devices can no longer connect.`,
      { path, day: dayOf(at) },
    ),
  onlyPatterns: (names: readonly string[]) =>
    problem(
      'lan_only_patterns',
      `The certificate for other devices contains neither an address of this computer nor a whole name, only ${names.join(', ')}. Other devices must use a name that fits and leads to this computer.`,
      { names: names.join(', ') },
    ),
} as const satisfies Record<string, (...facts: never[]) => Problem>

/** `2027-03-01` in UTC, which certificates use. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** The problem as an error. */
export function errorOf({ code, message, parts }: Problem, cause?: unknown): PersonError {
  return new PersonError(code as ProblemCode, message, { cause, parts })
}
