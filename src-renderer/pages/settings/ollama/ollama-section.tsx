import { Button, Group, Stack, Text } from '@mantine/core'
import type { Settings } from '#shared/settings/settings.ts'
import { useAppState } from '../../../api/queries.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { useUpstreamCheck } from '../../../parts/upstream/upstream-check.ts'
import { UpstreamStatus } from '../../../parts/upstream/upstream-status.tsx'
import { problemSentence } from '../../../text/problem-sentence.ts'
import { text } from '../../../text/text.ts'
import { UpstreamField } from '../fields.tsx'
import { CertificateField } from './certificate-field.tsx'
import { UpstreamKeyField } from './upstream-key-field.tsx'

export function OllamaSection({ settings }: { settings: Settings }) {
  return (
    <Stack>
      <StateCard />
      <Card>
        <Stack>
          <UpstreamField settings={settings} />
          <CertificateField settings={settings} />
          <UpstreamKeyField />
        </Stack>
      </Card>
    </Stack>
  )
}

function StateCard() {
  const upstream = useAppState().data?.upstream
  const check = useUpstreamCheck()
  if (upstream === undefined) return null
  return (
    <Card>
      <Group justify="space-between" gap="md">
        <div>
          <UpstreamStatus upstream={upstream} />
          {upstream.problem !== null && (
            <Text size="sm" c="dimmed" mt={4}>
              {problemSentence(upstream.problem)}
            </Text>
          )}
        </div>
        <Button variant="default" loading={check.busy} onClick={() => void check.run()}>
          {text.settings.checkUpstream}
        </Button>
      </Group>
      <Problem sentence={check.problem} />
    </Card>
  )
}
