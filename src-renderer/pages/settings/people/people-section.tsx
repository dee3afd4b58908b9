import { Stack } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { ProvidersCard } from './providers/providers-card.tsx'
import { RegistrationCard } from './registration-card.tsx'
import { ShareCard } from './share-card.tsx'
import { WaysCard } from './ways-card.tsx'

/** Whether others may open the console, who can join, and how people sign in. */
export function PeopleSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <ShareCard settings={settings} />
      <RegistrationCard settings={settings} />
      <WaysCard settings={settings} />
      <ProvidersCard settings={settings} />
    </Stack>
  )
}
