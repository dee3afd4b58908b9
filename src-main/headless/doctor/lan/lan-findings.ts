import type { AppState } from '#shared/console-api/state.ts'
import type { LanState } from '#shared/lan/lan.ts'
import { MISSING, missingOf } from '#shared/lan/missing.ts'
import { plural } from '#shared/text/plural.ts'
import { deviceWords } from '../../commands/lan-lines.ts'
import type { Finding } from '../finding.ts'
import { type FirewallFacts, firewallFindings } from './firewall.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A certificate that nobody renews is named this long before it expires. */
const EXPIRES_SOON_MS = 14 * DAY_MS
/** Older failures are not worth a look. */
const RECENT_MS = DAY_MS

export interface LanExamined {
  readonly gateway: AppState['gateway']
  readonly lan: LanState
  /** This computer's own name, as the system has it. */
  readonly hostName: string
  readonly firewall: FirewallFacts
  /** Files with a private key that others may read. */
  readonly openKeyFiles: readonly string[]
  /** True if the gateway listens now. */
  readonly running: boolean
  /** ms since 1970 UTC. */
  readonly now: number
}

/** Findings about other devices. None while only this computer is let in, except a key that others could read. */
export function lanFindings(examined: LanExamined): Finding[] {
  const { gateway, lan, hostName, openKeyFiles, running, now } = examined
  const isOpen = gateway.lan.length > 0 || gateway.lanProblem !== null
  return [
    ...openKeyFiles.map(keyFileFinding),
    ...reachFindings(gateway, lan),
    ...(isOpen ? [...protectionFindings(lan, now), ...nameFindings(hostName), ...discoveryFindings(lan)] : []),
    ...(running && gateway.lan.length > 0 ? arrivalFindings(examined) : []),
  ]
}

function keyFileFinding(path: string): Finding {
  const sentence = `Other users of this computer can read ${path}, which has a key for the connections of other devices.`
  const fix = `Run: chmod 600 '${path}'. If somebody may have read it, also run: latchkey lan replace-authority`
  return finding('lan_key', sentence, fix)
}

function reachFindings({ lan, lanProblem }: AppState['gateway'], { problem }: LanState): Finding[] {
  const sentence = `Other computers can reach the gateway at ${lan.join(' and ')} with a key.`
  const shut = 'Other computers cannot reach all configured addresses.'
  return [
    ...(lan.length > 0 ? [{ check: 'lan', ok: true, sentence, fix: null }] : []),
    // That of the certificate has a finding of its own.
    ...(lanProblem === null || lanProblem.code === problem?.code ? [] : [finding('lan', shut, lanProblem.message)]),
  ]
}

function protectionFindings({ tls, problem, certificate }: LanState, now: number): Finding[] {
  if (tls === 'off') {
    const sentence = 'Other computers connect without encryption, so others on the network can read keys and chats.'
    return [finding('lan_tls', sentence, 'Encrypt the connection with: latchkey settings set lanTls authority')]
  }
  if (problem !== null) {
    const [sentence = '', ...fix] = problem.message.split(/(?<=\.) /)
    return [finding('lan_tls', sentence, fix.join(' '))]
  }
  if (certificate === null) return []
  if (certificate.notBefore > now) {
    const sentence = `The certificate for other devices is not valid before ${day(certificate.notBefore)}.`
    return [finding('lan_tls', sentence, 'Check the date of this computer.')]
  }
  const left = certificate.notAfter - now
  if (left > EXPIRES_SOON_MS) return []
  const fix =
    tls === 'files'
      ? 'Renew it, and write it to the same file.'
      : 'Check the date of this computer, and restart Latchkey.'
  const sentence =
    left <= 0
      ? `The certificate for other devices was valid until ${day(certificate.notAfter)}.`
      : `The certificate for other devices expires in ${plural(Math.ceil(left / DAY_MS), 'day')}.`
  return [finding('lan_tls', sentence, fix)]
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

// A label of a host name (RFC 1123, section 2.1).
const USABLE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** Devices resolve `<name>.local`, which some names cannot be the beginning of. */
function nameFindings(hostName: string): Finding[] {
  const label = hostName.replace(/\.local\.?$/i, '')
  if (USABLE_NAME.test(label) && label.toLowerCase() !== 'localhost') return []
  const sentence = `This computer is called ${hostName}, which is no name that other devices can use.`
  const fix =
    'Give it a name of letters, digits and hyphens, such as kitchen, in the settings of the system. Addresses still work.'
  return [finding('lan_name', sentence, fix)]
}

function discoveryFindings({ discovery: { problem }, ...lan }: LanState): Finding[] {
  if (problem === null || problem.code === lan.problem?.code) return []
  return [finding('discovery', 'Other devices cannot find Latchkey by its name.', problem.message)]
}

/** Whether connections of other devices arrive, and what the latest of them lacked. */
function arrivalFindings({ gateway, lan, firewall, now }: LanExamined): Finding[] {
  if (!lan.arrivedFromOutside) return firewallFindings(firewall, gateway.port)
  return lan.devices.flatMap((device) => {
    const missing = missingOf(device, lan.tls)
    const isRecent = now - (device.lastFailure?.at ?? device.firstSeenAt) < RECENT_MS
    if (missing === null || !isRecent) return []
    return [finding('device', `${deviceWords(device)}: ${MISSING[missing].what}`, MISSING[missing].next)]
  })
}

function finding(check: string, sentence: string, fix: string): Finding {
  return { check, ok: false, sentence, fix }
}
