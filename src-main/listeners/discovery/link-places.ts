import type { NetworkInterfaceInfo } from 'node:os'
import { normalAddress } from './dns-message.ts'
import type { LinkPlace } from './link.ts'

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>

const FAMILIES = ['IPv4', 'IPv6'] as const

/** The links on which to announce: those with an address that other devices may use, and only with these addresses. */
export function placesFor(addresses: readonly string[], interfaces: Interfaces): LinkPlace[] {
  const allowed = new Set(addresses.map(normalAddress))
  return placesWhere(interfaces, (address) => allowed.has(address))
}

/** Every link of this computer, for a program that only looks. */
export function allPlaces(interfaces: Interfaces): LinkPlace[] {
  return placesWhere(interfaces, () => true)
}

function placesWhere(interfaces: Interfaces, isAllowed: (address: string) => boolean): LinkPlace[] {
  return Object.entries(interfaces).flatMap(([name, infos = []]) => {
    const outside = infos.filter(({ internal }) => !internal)
    const announced = outside.map(({ address }) => normalAddress(address)).filter(isAllowed)
    return FAMILIES.flatMap((family) => {
      const own = outside.filter((info) => info.family === family)
      const source = own.find(({ address }) => isAllowed(normalAddress(address)))
      return source === undefined ? [] : [{ interface: name, family, own, source: source.address, announced }]
    })
  })
}
