import { Button } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { IssuedKey, Key } from '#shared/keys/key.ts'
import { useIsOperator, useKeys } from '../../api/queries.ts'
import { EmptyState } from '../../parts/feedback/empty-state.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { PageHeader } from '../../parts/layout/page-header.tsx'
import { LimitQuestions } from '../../parts/questions/limit-questions.tsx'
import { OnlineQuestions } from '../../parts/questions/online-questions.tsx'
import { OtherAppQuestions } from '../../parts/questions/other-app-questions.tsx'
import { text } from '../../text/text.ts'
import { PlacesDialog } from './care/places-dialog.tsx'
import { UnusedKeys } from './care/unused-keys.tsx'
import { IssuedDialog } from './issued-dialog.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { KeyTable } from './key-table.tsx'
import { RotateDialog } from './rotate-dialog.tsx'

/** The open dialog. A new secret is only here, until its dialog is closed. */
type Open =
  | { dialog: 'create' }
  | { dialog: 'edit'; key: Key }
  | { dialog: 'rotate'; key: Key }
  | { dialog: 'places'; key: Key }
  | { dialog: 'issued'; issued: IssuedKey }

export function KeysPage() {
  const [open, setOpen] = useState<Open | null>(null)
  const query = useKeys()
  const isOperator = useIsOperator()
  const close = () => setOpen(null)
  const showIssued = (issued: IssuedKey) => setOpen({ dialog: 'issued', issued })
  const createButton = (
    <Button leftSection={<IconPlus size="1.1rem" aria-hidden />} onClick={() => setOpen({ dialog: 'create' })}>
      {text.keys.create}
    </Button>
  )

  return (
    <>
      <PageHeader
        title={isOperator ? text.keys.title : text.shell.ownKeys}
        intro={text.keys.intro}
        action={createButton}
      />
      {isOperator && (
        <>
          <OnlineQuestions mb="md" />
          <OtherAppQuestions mb="md" />
          <LimitQuestions mb="md" />
        </>
      )}
      <UnusedKeys keys={query.data ?? []} />
      <Card>
        <QueryGate query={query}>
          {(keys) =>
            keys.length === 0 ? (
              <EmptyState icon={IconKey} title={text.keys.empty} description={text.keys.emptyText} />
            ) : (
              <KeyTable
                keys={keys}
                onEdit={(key) => setOpen({ dialog: 'edit', key })}
                onRotate={(key) => setOpen({ dialog: 'rotate', key })}
                onPlaces={(key) => setOpen({ dialog: 'places', key })}
              />
            )
          }
        </QueryGate>
      </Card>
      {open?.dialog === 'create' && <KeyDialog onClose={close} onIssued={showIssued} />}
      {open?.dialog === 'edit' && <KeyDialog editing={open.key} onClose={close} onIssued={showIssued} />}
      {open?.dialog === 'rotate' && <RotateDialog rotating={open.key} onClose={close} onIssued={showIssued} />}
      {open?.dialog === 'places' && <PlacesDialog shown={open.key} onClose={close} />}
      {open?.dialog === 'issued' && <IssuedDialog issued={open.issued} onClose={close} />}
    </>
  )
}
