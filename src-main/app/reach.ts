import type { Settings } from '#shared/settings/settings.ts'

/** Where the gateway is to listen, and the chosen addresses that this computer does not have at the moment. */
export interface Reach {
  readonly hosts: readonly string[]
  readonly missing: readonly string[]
}

// Always among the addresses, whatever else is: it is what people are told to paste.
const LOOPBACK = ['127.0.0.1', '::1']

/** `own`: this computer's addresses in its networks. */
export function reachOf(lan: Settings['lan'], own: readonly string[]): Reach {
  const chosen = [...new Set(lan === 'all' ? own : lan)]
  return {
    hosts: [...LOOPBACK, ...chosen.filter((address) => own.includes(address))],
    missing: chosen.filter((address) => !own.includes(address)),
  }
}

/** Whether other computers are to be let in at all. */
export function isForOthers({ lan }: Pick<Settings, 'lan'>): boolean {
  return lan.length > 0
}

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.includes(host)
}
