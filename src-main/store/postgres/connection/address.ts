import { accessSync, constants } from 'node:fs'
import { isIP } from 'node:net'
import { PersonError } from '#shared/text/person-error.ts'

/** The parts of `postgres://user:password@one:5432,two/name?...`: what is before the hosts, the hosts, and what is behind. */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(\/[^/?#]+.*)$/s
/** What else `sslmode` says is as strict as `verify-full`: to encrypt without looking at the certificate must be asked for. */
const LESS_STRICT = ['disable', 'no-verify']
/** Files that the address can name. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey']

/**
 * The address of each server of a database, with the rule for TLS that it lacks: to another computer only with a certificate that
 * fits, unless the address says `sslmode`. Several servers have commas between, as in libpq. Throws a PersonError for anything
 * that is not the address of a PostgreSQL, and for a file that cannot be read.
 */
export function checkedAddresses(text: string): [string, ...string[]] {
  const { before, hosts, behind } = partsOf(text)
  const [first = '', ...others] = hosts.split(',')
  if (others.length > 0 && [first, ...others].includes('')) throw addressWrong()
  return [checked(before + first + behind), ...others.map((host) => checked(before + host + behind))]
}

/** The hosts and the name, without the user and the password. */
export function placeOf(text: string): string {
  const { hosts, behind } = partsOf(text)
  return `${hosts || 'this computer'}${behind.replace(/[?#].*$/s, '')}`
}

/** Throws a PersonError for a file that cannot be read. */
export function checkReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK)
  } catch (cause) {
    const sentence = `Latchkey cannot read the file ${path}, which the connection to the database needs.`
    throw new PersonError('file_not_readable', sentence, { cause })
  }
}

function partsOf(text: string): { before: string; hosts: string; behind: string } {
  const [, before = '', hosts = '', behind = ''] = PARTS.exec(text) ?? []
  if (behind === '') throw addressWrong()
  return { before, hosts, behind }
}

function checked(text: string): string {
  const url = URL.parse(text)
  if (url === null) throw addressWrong()
  const { searchParams } = url
  const mode = searchParams.get('sslmode')
  if (mode === null ? !isThisComputer(url) : !LESS_STRICT.includes(mode)) searchParams.set('sslmode', 'verify-full')
  for (const name of FILES) if (searchParams.has(name)) checkReadable(searchParams.get(name) ?? '')
  return url.href
}

/** A socket file is named by `host` in the query, which leaves the host of the address empty. */
function isThisComputer({ hostname, searchParams }: URL): boolean {
  const host = searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, '')
  if (host === '' || host === 'localhost' || host.startsWith('/')) return true
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1'
}

function addressWrong(): PersonError {
  const sentence =
    'A database looks like postgres://user@db.example:5432/latchkey. Put its password into a file, and name it with --database-password-file.'
  return new PersonError('database_address_wrong', sentence)
}
