import { Stack } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { text } from '../../../text/text.ts'
import { RetentionField } from '../fields.tsx'
import { MoveCard } from './move-card.tsx'
import { StoreCard } from './store-card.tsx'

export function DataSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <Card title={text.settings.privacyTitle}>
        <RetentionField settings={settings} />
      </Card>
      <StoreCard />
      <MoveCard />
    </Stack>
  )
}
