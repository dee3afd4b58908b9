import { Box, Group, Text } from '@mantine/core'
import { IconDevices } from '@tabler/icons-react'
import type { LanDevice, LanState } from '#shared/lan/lan.ts'
import { missingOf } from '#shared/lan/missing.ts'
import { EmptyState } from '../../../parts/feedback/empty-state.tsx'
import { Pill } from '../../../parts/feedback/status.tsx'
import { deviceName } from '../../../parts/lan/device-name.ts'
import { Card } from '../../../parts/layout/card.tsx'
import partsClasses from '../../../parts/parts.module.css'
import { devicesText } from '../../../text/devices-text.ts'
import { formatAgo, formatDateTime } from '../../../text/format.ts'
import classes from '../settings.module.css'
import { FirewallHint } from './firewall-hint.tsx'

/** The devices that have connected, and what each of them still lacks. */
export function DeviceList({ lan }: { lan: LanState }) {
  const { list } = devicesText.lan
  return (
    <Card title={list.title}>
      {lan.devices.length === 0 ? (
        <EmptyState icon={IconDevices} title={list.none} description={list.noneText} />
      ) : (
        <ul className={classes.devices}>
          {lan.devices.map((device) => (
            <Device key={`${device.address} ${device.userAgent}`} device={device} lan={lan} />
          ))}
        </ul>
      )}
      {!lan.arrivedFromOutside && <FirewallHint />}
    </Card>
  )
}

function Device({ device, lan }: { device: LanDevice; lan: LanState }) {
  const missing = missingOf(device, lan.tls)
  return (
    <li>
      <Group justify="space-between" gap="xs" align="flex-start" wrap="nowrap">
        <Box miw={0}>
          <Text fw={600}>{deviceName(device)}</Text>
          <Text size="sm" c="dimmed">
            <span className={partsClasses.mono}>{device.address}</span> · <Seen device={device} />
          </Text>
        </Box>
        <Standing device={device} isComplete={missing === null} />
      </Group>
      {missing !== null && (
        <Text size="sm" mt={4}>
          {devicesText.lan.missing[missing].what} {devicesText.lan.missing[missing].next}
        </Text>
      )}
    </li>
  )
}

function Seen({ device: { lastSecureAt, firstSeenAt } }: { device: LanDevice }) {
  const at = lastSecureAt ?? firstSeenAt
  const ago = formatAgo(at)
  return (
    <span title={formatDateTime(at)}>
      {lastSecureAt === null ? devicesText.lan.list.firstSeen({ ago }) : devicesText.lan.list.lastSecure({ ago })}
    </span>
  )
}

function Standing({ device: { lastSecureAt }, isComplete }: { device: LanDevice; isComplete: boolean }) {
  const { standing } = devicesText.lan.list
  if (!isComplete) return <Pill kind="wait">{standing.missing}</Pill>
  return lastSecureAt === null ? <Pill kind="plain">{standing.plain}</Pill> : <Pill kind="good">{standing.secure}</Pill>
}
