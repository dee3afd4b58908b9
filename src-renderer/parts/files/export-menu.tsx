import { Button, Group, Menu, Progress, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { ConsoleExport, ExportInput } from '#shared/console-api/console-api.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { formatNumber } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Dialog } from '../dialogs/dialog.tsx'
import { Callout } from '../feedback/callout.tsx'
import { showDone } from '../feedback/toast.tsx'
import { type ExportProgress, readExport } from './read-export.ts'
import { saveFile } from './save-file.ts'

/** An export that the menu offers, with the filter of its rows. */
type Offer = {
  [R in ConsoleExport]: { route: R; input: Omit<ExportInput<R>, 'format'>; name: 'usage' | 'requests' }
}[ConsoleExport]

const FORMATS = ['csv', 'json'] as const
type Format = (typeof FORMATS)[number]

interface Writing {
  offer: Offer
  format: Format
  progress: ExportProgress | null
  problem: string | null
  abort: () => void
}

/** Writes the data of a page to a file and shows the progress. */
export function ExportMenu({ files }: { files: readonly Offer[] }) {
  const { writing, write, stop } = useExport()
  return (
    <>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false} withinPortal={false} floatingStrategy="fixed">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size="1.1rem" aria-hidden />}>
            {text.exporting.button}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {files.flatMap((offer) =>
            FORMATS.map((format) => (
              <Menu.Item key={`${offer.route} ${format}`} onClick={() => void write(offer, format)}>
                {text.exporting.item({ what: nameOf(offer), format: text.exporting.formats[format] })}
              </Menu.Item>
            )),
          )}
        </Menu.Dropdown>
      </Menu>
      {writing !== null && (
        <WritingDialog writing={writing} onClose={stop} onRetry={() => void write(writing.offer, writing.format)} />
      )}
    </>
  )
}

function useExport() {
  const [writing, setWriting] = useState<Writing | null>(null)

  async function write(offer: Offer, format: Format) {
    const ending = new AbortController()
    setWriting({ offer, format, progress: null, problem: null, abort: () => ending.abort() })
    const change = (part: Partial<Writing>) => setWriting((before) => before && { ...before, ...part })
    try {
      const onProgress = (progress: ExportProgress) => change({ progress })
      const input = { ...offer.input, format } as ExportInput<ConsoleExport>
      const blob = await readExport(offer.route, input, { onProgress, signal: ending.signal })
      const name = `latchkey-${offer.name}.${format}`
      saveFile(blob, name)
      showDone(text.exporting.done({ name }))
      setWriting(null)
    } catch (error) {
      if (ending.signal.aborted) setWriting(null)
      else change({ problem: sentenceFor(error) })
    }
  }

  function stop() {
    writing?.abort()
    setWriting(null)
  }

  return { writing, write, stop }
}

function nameOf({ name }: Offer): string {
  return name === 'usage' ? text.exporting.usage : text.exporting.exchanges
}

interface WritingDialogProps {
  writing: Writing
  onClose: () => void
  onRetry: () => void
}

function WritingDialog({ writing: { progress, problem }, onClose, onRetry }: WritingDialogProps) {
  const { rows = 0, of = 0 } = progress ?? {}
  return (
    <Dialog onClose={onClose} title={problem === null ? text.exporting.busy : text.exporting.failed}>
      <Stack>
        {problem === null ? (
          <>
            <Progress value={of === 0 ? 0 : (rows / of) * 100} aria-label={text.exporting.busy} />
            <Text size="sm" c="dimmed" role="status">
              {progress === null ? text.exporting.counting : text.exporting.progress({ rows: formatNumber(rows), of })}
            </Text>
          </>
        ) : (
          <Callout kind="bad" title={problem} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.shell.cancel}
          </Button>
          {problem !== null && <Button onClick={onRetry}>{text.shell.retry}</Button>}
        </Group>
      </Stack>
    </Dialog>
  )
}
