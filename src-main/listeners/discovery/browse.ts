import { networkInterfaces } from 'node:os'
import { PersonError } from '#shared/text/person-error.ts'
import { type DnsMessage, readMessage, writeQuery } from './dns-message.ts'
import { type FoundService, FoundServices } from './found-services.ts'
import { Link, type LinkPlace, MDNS_PORT } from './link.ts'
import { allPlaces } from './link-places.ts'
import { SERVICE_TYPE } from './service-records.ts'

/** Asks more than once, because a datagram can be lost. */
const ASK_AT_MS = [0, 500, 1_500, 4_000]

/**
 * Looks for every Latchkey that announces itself in this computer's networks, for so long. Rejects with a PersonError
 * `find_no_network` if it cannot ask in any network.
 */
export async function browse(forMs: number): Promise<FoundService[]> {
  const found = new FoundServices()
  const links = await openLinks((message) => found.take(message))
  if (links.length === 0) throw new PersonError('find_no_network', NO_NETWORK)
  const timers = ASK_AT_MS.filter((at) => at < forMs).map((at) => setTimeout(() => ask(links, found), at))
  await new Promise((resolve) => setTimeout(resolve, forMs))
  for (const timer of timers) clearTimeout(timer)
  for (const link of links) link.close()
  return found.list()
}

const NO_NETWORK =
  'This computer is in no network in which it can look for others. Connect to a network that carries multicast, such as a home network.'

async function openLinks(take: (message: DnsMessage) => void): Promise<Link[]> {
  const receive = (datagram: Buffer) => {
    const message = readMessage(datagram)
    if (message !== undefined && !message.isQuery) take(message)
  }
  const links = await Promise.all(allPlaces(networkInterfaces()).map((place) => openLink(place, receive)))
  return links.filter((link) => link !== undefined)
}

/** Another port than that of multicast DNS works too, unless a firewall refuses the answers. */
async function openLink(place: LinkPlace, receive: (datagram: Buffer) => void): Promise<Link | undefined> {
  for (const port of [MDNS_PORT, 0]) {
    try {
      return await Link.open(place, receive, port)
    } catch {
      // Without multicast neither port works.
    }
  }
  return undefined
}

function ask(links: readonly Link[], found: FoundServices): void {
  const questions = [{ name: SERVICE_TYPE, type: 'PTR' }, ...found.missing()]
  for (const link of links) void link.send(writeQuery({ questions }))
}
