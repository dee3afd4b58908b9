import { Text } from '@mantine/core'
import type { LanDevice, LanState } from '#shared/lan/lan.ts'
import { type Missing, missingOf } from '#shared/lan/missing.ts'
import { useLan } from '../../api/queries.ts'
import { deviceName } from '../../parts/lan/device-name.ts'
import { devicesText } from '../../text/devices-text.ts'
import { text } from '../../text/text.ts'

/**
 * Says why a device that tried to connect since `since` (ms UTC) could not: its app never gets as far as a request. No
 * link to the settings, because another page would lose the secret.
 */
export function OtherDevice({ since }: { since: number }) {
  const lan = useLan().data
  const found = lan === undefined ? undefined : lastFailed(lan, since)
  if (found === undefined) return null
  const { device, missing } = found
  return (
    <Text mt="xs">
      {text.connect.otherDevice({ name: deviceName(device), address: device.address })}{' '}
      {devicesText.lan.missing[missing].what} {devicesText.lan.missing[missing].next}
    </Text>
  )
}

function lastFailed({ devices, tls }: LanState, since: number): { device: LanDevice; missing: Missing } | undefined {
  const failed = devices.filter(({ lastFailure }) => lastFailure !== null && lastFailure.at >= since)
  const [device] = failed.toSorted((one, other) => (other.lastFailure?.at ?? 0) - (one.lastFailure?.at ?? 0))
  const missing = device === undefined ? null : missingOf(device, tls)
  return device === undefined || missing === null ? undefined : { device, missing }
}
