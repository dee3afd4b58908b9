import type { DiscoveryState, LanTls } from '#shared/lan/lan.ts'
import type { Problem } from '#shared/text/problem.ts'

/** A request of another device for the trust page, over plain HTTP or over TLS. */
export interface TrustRequest {
  readonly method: 'GET' | 'HEAD'
  /** Without the query: `/trust`, or something below it. */
  readonly path: string
  /** The header `Accept-Language`. */
  readonly acceptLanguage: string | undefined
  /** The header `User-Agent`, which tells the system whose steps come first. */
  readonly userAgent: string | undefined
  /** True over TLS: then the device trusts the certificate already, or its person has skipped a warning. */
  readonly isSecure: boolean
  /** The Host header, which names this computer. */
  readonly host: string
  /** When it came, in ms since 1970 UTC: the page compares the device's clock with it. */
  readonly time: number
}

/** What the trust page says. */
export type TrustFacts = TrustPlace & (AuthorityFacts | { readonly tls: Exclude<LanTls, 'authority'> })

interface TrustPlace {
  /** This computer's name without `.local`. */
  readonly machine: string
  /** The names and addresses in the certificate, under which other devices can connect, as in a URL. */
  readonly addresses: readonly string[]
  readonly port: number
}

/** The authority's certificate. */
export interface AuthorityFacts {
  readonly tls: 'authority'
  readonly pem: string
  readonly der: Uint8Array
  /** SHA-256, in pairs of upper-case hex digits with colons between. */
  readonly fingerprint: string
}

/** The caller adds `Content-Length` and `Connection`, and sends no body for HEAD. */
export interface TrustAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** undefined for a path that it does not have. Never throws. */
export type AnswerTrust = (request: TrustRequest, facts: TrustFacts) => TrustAnswer | undefined

/** How other devices can use the gateway now. */
export interface Reach {
  /** The addresses to enter; with TLS those that its certificate contains. */
  readonly urls: readonly string[]
  /** Why there is none, although the gateway listens for other devices. */
  readonly problem: Problem | null
  /** False if a certificate of the person's own is not for this computer's name in the network. */
  readonly isNamed: boolean
}

/** What is announced by DNS-SD. */
export interface Announcement {
  /** The name of the instance, before conflicts: `Latchkey on kitchen`. */
  readonly name: string
  /** `kitchen.local` */
  readonly host: string
  /** The addresses on which other devices reach the gateway. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly isSecure: boolean
  /** The port of the console on the same addresses; null while other devices cannot open it. */
  readonly consolePort: number | null
}

/** Lets other devices find the gateway. No call rejects; the state has the problem. */
export interface Discovery {
  /** Announces this, or this instead of what is announced. Resolves before others have heard it. */
  start(announcement: Announcement): Promise<void>
  /** Withdraws the announcement and closes its sockets. */
  stop(): Promise<void>
  state(): DiscoveryState
  /** The host name that is announced: `kitchen.local`, after a conflict `kitchen-2.local`. */
  host(): string | undefined
  /** Calls the listener after each change of the state. */
  onChange(listener: () => void): void
}
