import { PAIRING_ROUTES, type PairingRouteName } from '#shared/pairing/pairing-routes.ts'
import type { AppRequest } from '../ports.ts'

/** The gateway's address with the host name that the client used (RFC 8414 section 3.3). */
export function issuerOf({ host, isSecure }: Pick<AppRequest, 'host' | 'isSecure'>): string {
  return `${isSecure ? 'https' : 'http'}://${host}`
}

export function addressOf(request: Pick<AppRequest, 'host' | 'isSecure'>, name: PairingRouteName): string {
  const path = PAIRING_ROUTES.find((route) => route.name === name)?.path ?? ''
  return issuerOf(request) + path
}
