import type { Settings } from '#shared/settings/settings.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'

/** Where the gateway is to listen, and the chosen addresses that this computer does not have at the moment. */
export interface LanExposure {
  readonly hosts: readonly string[]
  readonly missing: readonly string[]
}

/** `own`: this computer's addresses in its networks. */
export function lanExposureOf(lan: Settings['lan'], own: readonly string[]): LanExposure {
  const chosen = [...new Set(lan === 'all' ? own : lan)]
  return {
    hosts: [...LOOPBACK_ADDRESSES, ...chosen.filter((address) => own.includes(address))],
    missing: chosen.filter((address) => !own.includes(address)),
  }
}

/** Whether other computers are to be let in at all. */
export function isForOthers({ lan }: Pick<Settings, 'lan'>): boolean {
  return lan.length > 0
}
