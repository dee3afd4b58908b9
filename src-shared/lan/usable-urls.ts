import { urlHost } from '../settings/network.ts'
import type { LanState } from './lan.ts'

type Reachable = Pick<LanState, 'tls' | 'addresses' | 'name' | 'certificate'>

/**
 * The addresses to enter on another device. With TLS they are those that the certificate contains: the others, such as
 * public ones, lead to a warning. The name is last, or first if it is all there is. None without a certificate.
 */
export function usableUrls({ tls, addresses, name, certificate }: Reachable): string[] {
  if (tls === 'off') return addresses.map(({ url }) => url)
  const [first] = addresses
  if (first === undefined || certificate === null) return []
  const { names } = certificate
  const byAddress = addresses.filter(({ address }) => names.includes(address)).map(({ url }) => url)
  const port = /:\d+$/.exec(first.url)?.[0] ?? ''
  const byName = names.filter((one) => (tls === 'files' ? isHostName(one) : one === name))
  return [...byAddress, ...byName.map((one) => `https://${urlHost(one)}${port}`)]
}

function isHostName(name: string): boolean {
  return !name.startsWith('*') && !name.includes(':') && !/^[\d.]+$/.test(name)
}

/** The common name in a certificate's subject or issuer: `kitchen` in `CN=kitchen, O=Home`. */
export function commonName(name: string): string {
  return /(?:^|, )CN=(.*?)(?:, [A-Z]+=|$)/.exec(name)?.[1] ?? name
}
