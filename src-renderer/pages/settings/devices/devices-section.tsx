import { Stack } from '@mantine/core'
import type { LanState } from '#shared/lan/lan.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { useLan } from '../../../api/queries.ts'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { DeviceList } from './device-list.tsx'
import { DiscoveryCard } from './discovery-card.tsx'
import { LanCard } from './lan-card.tsx'
import { ProtectionCard } from './protection/protection-card.tsx'
import { SetUpCard } from './set-up-card.tsx'

/** Who may reach Latchkey from other devices, how the connection is protected, and which devices have connected. */
export function DevicesSection({ settings }: { settings: Settings }) {
  const lan = useLan()
  return (
    <Stack>
      <LanCard settings={settings} />
      {settings.lan.length > 0 && (
        <QueryGate query={lan}>{(state) => <WhileOthersMay settings={settings} lan={state} />}</QueryGate>
      )}
    </Stack>
  )
}

function WhileOthersMay({ settings, lan }: { settings: Settings; lan: LanState }) {
  return (
    <>
      <SetUpCard lan={lan} />
      <DeviceList lan={lan} />
      <ProtectionCard settings={settings} lan={lan} />
      <DiscoveryCard settings={settings} lan={lan} />
    </>
  )
}
