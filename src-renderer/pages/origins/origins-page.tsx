import { Button, Stack } from '@mantine/core'
import { IconPlus, IconWorld } from '@tabler/icons-react'
import { useState } from 'react'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { useOrigins, useSettings } from '../../api/queries.ts'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { PendingOrigins } from '../../parts/questions/pending-origins.tsx'
import { UnknownOriginsCard } from '../../parts/settings/unknown-origins-card.tsx'
import { text } from '../../text/text.ts'
import { AddOriginDialog } from './add-origin-dialog.tsx'
import { DecidedOrigins } from './decided-origins.tsx'
import { InstalledExtensions } from './installed-extensions.tsx'
import { RenameDialog } from './rename-dialog.tsx'

export function OriginsPage() {
  const settings = useSettings().data
  const [adding, setAdding] = useState(false)
  const [renaming, setRenaming] = useState<OriginRecord | null>(null)
  return (
    <>
      <PageHeader
        title={text.origins.title}
        intro={text.origins.intro}
        action={
          <Button
            variant="default"
            leftSection={<IconPlus size="1.1rem" aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {text.origins.add}
          </Button>
        }
      />
      <Stack>
        <PendingOrigins />
        <DecidedCard onRename={setRenaming} />
        <InstalledExtensions />
        {settings !== undefined && <UnknownOriginsCard settings={settings} />}
      </Stack>
      {adding && <AddOriginDialog onClose={() => setAdding(false)} />}
      {renaming !== null && <RenameDialog renaming={renaming} onClose={() => setRenaming(null)} />}
    </>
  )
}

function DecidedCard({ onRename }: { onRename: (origin: OriginRecord) => void }) {
  return (
    <Card>
      <QueryGate query={useOrigins()}>
        {(origins) => {
          const decided = origins.filter((origin) => origin.status !== 'pending')
          return decided.length === 0 ? (
            <EmptyState icon={IconWorld} title={text.origins.empty} description={text.origins.emptyText} />
          ) : (
            <DecidedOrigins origins={decided} onRename={onRename} />
          )
        }}
      </QueryGate>
    </Card>
  )
}
