import { Box, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DesktopBridge } from '#shared/console-api/desktop-bridge.ts'
import { call } from '../../../api/client.ts'
import { useAppState } from '../../../api/queries.ts'
import { QueryGate } from '../../../parts/feedback/query-gate.tsx'
import { CopyButton } from '../../../parts/fields/copy-button.tsx'
import { Card } from '../../../parts/layout/card.tsx'
import { type FactRows, Facts } from '../../../parts/tables/facts.tsx'
import { text } from '../../../text/text.ts'
import classes from '../settings.module.css'

declare global {
  interface Window {
    latchkeyDesktop?: DesktopBridge
  }
}

/** Version and diagnostics, for a person who gives support. The desktop app adds its own facts. */
export function AboutCard() {
  const version = useAppState().data?.version
  const diagnostics = useQuery({ queryKey: ['diagnostics'], queryFn: () => call('GET /api/diagnostics', {}) })
  return (
    <Card title={version === undefined ? text.settings.aboutTitle : text.settings.version({ version })}>
      <DesktopFacts />
      <QueryGate query={diagnostics}>{(found) => <Diagnostics report={found.text} />}</QueryGate>
    </Card>
  )
}

function Diagnostics({ report }: { report: string }) {
  return (
    <>
      <Group justify="space-between" gap="sm" mb="sm">
        <Text c="dimmed" maw="26rem">
          {text.settings.diagnosticsText}
        </Text>
        <CopyButton value={report} what={text.settings.diagnosticsWhat} label={text.settings.diagnosticsCopy} />
      </Group>
      {/* In the tab order, because it scrolls. */}
      <pre className={classes.report} tabIndex={0} aria-label={text.settings.diagnosticsWhat}>
        {report}
      </pre>
    </>
  )
}

function DesktopFacts() {
  const about = window.latchkeyDesktop?.about()
  if (about === undefined) return null
  const rows: FactRows = [
    ['Electron', about.electron],
    ['Chromium', about.chromium],
    ['Node', about.node],
    [text.settings.dataDir, about.dataDir],
    [text.settings.logFile, about.logFile],
  ]
  return (
    <Box mb="md">
      <Facts rows={rows} />
    </Box>
  )
}
