import { Button, FileButton, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { asSetup, type Setup } from '#shared/records/backup.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { ConfirmDialog } from '../../../parts/dialogs/confirm-dialog.tsx'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { saveFile } from '../../../parts/files/save-file.ts'
import { Card } from '../../../parts/layout/card.tsx'
import { formatDateTime } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

/** Moves settings, keys and sites to another computer with a file. */
export function MoveCard() {
  const [chosen, setChosen] = useState<Setup | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [result, setResult] = useState<string | null>(null)
  const save = useAction(saveSetup)

  async function open(file: File | null) {
    setProblem(null)
    setResult(null)
    const setup = file === null ? undefined : asSetup(parseJson(await file.text()))
    setChosen(setup ?? null)
    if (file !== null && setup === undefined) setProblem(text.data.notASetup)
  }

  return (
    <Card title={text.data.moveTitle}>
      <Text c="dimmed" mb="sm">
        {text.data.moveText}
      </Text>
      <Group>
        <Button variant="default" loading={save.busy} onClick={() => void save.run()}>
          {text.data.saveSetup}
        </Button>
        <FileButton accept="application/json,.json" onChange={(file) => void open(file)}>
          {(props) => (
            <Button variant="default" {...props}>
              {text.data.openSetup}
            </Button>
          )}
        </FileButton>
      </Group>
      <Problem sentence={problem ?? save.problem} />
      {result !== null && <Callout kind="good" title={result} />}
      {chosen !== null && <AdoptDialog setup={chosen} onClose={() => setChosen(null)} onDone={setResult} />}
    </Card>
  )
}

async function saveSetup(): Promise<void> {
  const content = JSON.stringify(await call('GET /api/setup', {}), undefined, 2)
  saveFile(new Blob([content], { type: 'application/json' }), 'latchkey-setup.json')
}

interface AdoptDialogProps {
  setup: Setup
  onClose: () => void
  onDone: (sentence: string) => void
}

function AdoptDialog({ setup, onClose, onDone }: AdoptDialogProps) {
  const adopt = useAction(() => call('POST /api/setup', setup))
  return (
    <ConfirmDialog
      title={text.data.adoptTitle}
      confirm={text.data.adoptDo}
      busy={adopt.busy}
      problem={adopt.problem}
      onClose={onClose}
      onConfirm={async () => {
        const imported = await adopt.run()
        if (imported === undefined) return
        onDone(text.data.adopted(imported))
        onClose()
      }}
    >
      {text.data.adoptText({
        date: formatDateTime(setup.exportedAt),
        keys: setup.keys.length,
        origins: setup.origins.length,
      })}
    </ConfirmDialog>
  )
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
