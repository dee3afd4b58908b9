import { deviceProgram } from '#shared/lan/device-program.ts'
import type { LanDevice, LanState, LanTls } from '#shared/lan/lan.ts'
import { MISSING, missingOf } from '#shared/lan/missing.ts'
import { commonName, usableUrls } from '#shared/lan/usable-urls.ts'
import { relativeTime } from '../flags/time-words.ts'
import { printable, table } from './table.ts'

const PROTECTIONS: Readonly<Record<LanTls, string>> = {
  authority: 'encrypted, with a certificate of Latchkey’s own authority',
  files: 'encrypted, with the certificate from your files',
  off: 'not encrypted: others on the network can read keys and chats',
}

/** How other devices connect, and which ones did, as lines for a person. */
export function lanLines(lan: LanState, now: number): string[] {
  return [...factLines(lan), ...(lan.problem === null ? [] : ['', lan.problem.message]), '', ...deviceLines(lan, now)]
}

function factLines(lan: LanState): string[] {
  const { tls, trustUrl, authority, certificate, discovery } = lan
  const facts: (readonly [name: string, value: string | null])[] = [
    ['Protection', PROTECTIONS[tls]],
    ...usableUrls(lan).map((url) => ['Address for apps', url] as const),
    ['Page to open first', trustUrl],
    ['Authority', authority && `${printable(commonName(authority.subject))}, until ${day(authority.notAfter)}`],
    [
      'Certificate',
      certificate && `${certificate.names.map(printable).join(', ')}, until ${day(certificate.notAfter)}`,
    ],
    ['Fingerprint', authority?.fingerprint ?? certificate?.fingerprint ?? null],
    ['Announced as', discovery.name === null ? null : printable(discovery.name)],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(width)}  ${value}`]))
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function deviceLines({ devices, tls }: LanState, now: number): string[] {
  if (devices.length === 0) return ['No other device has connected yet.']
  const missing = devices.map((device) => ({ device, lacks: missingOf(device, tls) }))
  const rows = missing.map(({ device, lacks }) => [
    programWords(device),
    device.address,
    relativeTime(device.lastSecureAt, now),
    lacks === null ? '' : 'see below',
  ])
  return [
    table(['DEVICE', 'ADDRESS', 'LAST SECURE', 'MISSING'], rows),
    ...missing.flatMap(({ device, lacks }) =>
      lacks === null ? [] : ['', `${deviceWords(device)}: ${MISSING[lacks].what}\n  ${MISSING[lacks].next}`],
    ),
  ]
}

/** `Safari on iPhone (192.168.1.22)` */
export function deviceWords(device: LanDevice): string {
  return `${programWords(device)} (${device.address})`
}

function programWords({ userAgent }: LanDevice): string {
  const { program, system } = deviceProgram(userAgent)
  if (program === null) return system ?? 'unknown'
  return printable(system === null ? program : `${program} on ${system}`)
}
