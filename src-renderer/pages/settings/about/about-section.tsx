import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Settings } from '#shared/settings/settings.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { text } from '../../../text/text.ts'
import { AboutCard } from './about-card.tsx'
import { LicenceList } from './licence-list.tsx'
import { UpdatesCard } from './updates-card.tsx'

export function AboutSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <AboutCard />
      <UpdatesCard settings={settings} />
      <LicencesCard />
    </Stack>
  )
}

function LicencesCard() {
  const [shown, setShown] = useState(false)
  return (
    <Card title={text.about.licencesTitle}>
      <Text c="dimmed" mb="sm">
        {text.about.licencesText}
      </Text>
      {shown ? (
        <LicenceList />
      ) : (
        <Button variant="default" onClick={() => setShown(true)}>
          {text.about.showLicences}
        </Button>
      )}
    </Card>
  )
}
