import { deviceProgram } from '#shared/lan/device-program.ts'
import type { LanDevice } from '#shared/lan/lan.ts'
import { devicesText } from '../../text/devices-text.ts'

/** “Safari on iPhone”, or as much of it as the device says about itself. */
export function deviceName({ userAgent }: Pick<LanDevice, 'userAgent'>): string {
  const { program, system } = deviceProgram(userAgent)
  if (program === null) return system ?? devicesText.lan.list.nameless
  return system === null ? program : devicesText.lan.list.named({ program, system })
}
