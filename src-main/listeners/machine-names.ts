import { hostname } from 'node:os'

/** This computer's names in its network, in lower case. */
export interface MachineNames {
  /** `kitchen` */
  readonly bare: string
  /** `kitchen.local`, its name by multicast DNS (RFC 6762). */
  readonly local: string
  /** The system's own spelling as well, which can have a domain: `kitchen.lan`. */
  readonly all: readonly string[]
}

const LONGEST_LABEL = 63

export function machineNames(system = hostname()): MachineNames {
  const whole = system.toLowerCase()
  const bare = label(whole.split('.')[0] ?? '')
  const local = `${bare}.local`
  return { bare, local, all: [...new Set([whole, bare, local])].filter((name) => name !== '') }
}

/** What Avahi and macOS make of a name that is not a host name, such as “Ada’s Mac”. */
function label(text: string): string {
  const plain = text.replace(/[^a-z0-9-]+/g, '-').slice(0, LONGEST_LABEL)
  return plain.replace(/^-+|-+$/g, '') || 'latchkey'
}
