import type { Settings } from '#shared/settings/settings.ts'
import { LOOPBACK_ADDRESSES } from '../base/loopback.ts'

/** The addresses on which the gateway should listen, and the chosen ones that this computer does not have now. */
export interface LanExposure {
  readonly hosts: readonly string[]
  readonly missing: readonly string[]
}

/** `own`: this computer's network addresses. */
export function lanExposureOf(lan: Settings['lan'], own: readonly string[]): LanExposure {
  const chosen = [...new Set(lan === 'all' ? own : lan)]
  return {
    hosts: [...LOOPBACK_ADDRESSES, ...chosen.filter((address) => own.includes(address))],
    missing: chosen.filter((address) => !own.includes(address)),
  }
}

/** True if other computers may use the gateway. */
export function isForOthers({ lan }: Pick<Settings, 'lan'>): boolean {
  return lan.length > 0
}
