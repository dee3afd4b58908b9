import { Stack } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { text } from '../../../text/text.ts'
import { RetentionField } from '../fields.tsx'
import { BackupsCard } from './backups-card.tsx'
import { MoveCard } from './move-card.tsx'

export function DataSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <Card title={text.settings.privacyTitle}>
        <RetentionField settings={settings} />
      </Card>
      <BackupsCard />
      <MoveCard />
    </Stack>
  )
}
