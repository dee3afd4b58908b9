import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Settings } from '#shared/settings/settings.ts'
import { useAppState } from '../../api/queries.ts'
import { Card } from '../../parts/card.tsx'
import { text } from '../../text/text.ts'
import { AboutCard } from './about-card.tsx'
import { LicenceList } from './licence-list.tsx'

export function AboutSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <AboutCard />
      <UpdatesCard feed={settings.updateFeed} />
      <LicencesCard />
    </Stack>
  )
}

/** The feed stands in the settings' file alone: whoever sets it chooses the programs that will run here. */
function UpdatesCard({ feed }: { feed: string | null }) {
  if (useAppState().data?.shell !== 'desktop') return null
  return (
    <Card title={text.about.updatesTitle}>
      <Text>{feed === null ? text.about.noUpdates : text.about.updatesFrom({ feed })}</Text>
      <Text size="sm" c="dimmed" mt={4}>
        {feed === null ? text.about.noUpdatesHint : text.about.updatesHint}
      </Text>
    </Card>
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
