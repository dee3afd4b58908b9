import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Key } from '#shared/keys/key.ts'
import { isLeftOver, UNUSED_DAYS } from '#shared/keys/unused.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { Callout } from '../../../parts/feedback/callout.tsx'
import { showUndo } from '../../../parts/feedback/toast.tsx'
import { useDismissed } from '../../../parts/settings/use-dismissed.ts'
import { formatAgo, formatDate } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

/** Offers to disable or delete keys that nobody has used for long. Empty if there are none, or the person keeps them. */
export function UnusedKeys({ keys }: { keys: readonly Key[] }) {
  const [open, setOpen] = useState(false)
  const { isDismissed, dismiss } = useDismissed('unused-keys')
  const unused = keys.filter((key) => isLeftOver(key, Date.now())).filter((key) => !isDismissed(hintOf(key)))
  if (unused.length === 0) return null
  const title = text.keys.unused.title({ count: unused.length, days: UNUSED_DAYS })
  return (
    <>
      <Callout kind="plain" title={title} mb="md" onClose={() => dismiss(...unused.map(hintOf))}>
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => setOpen(true)}>
          {text.keys.unused.open}
        </Button>
      </Callout>
      {open && <UnusedDialog title={title} unused={unused} onClose={() => setOpen(false)} />}
    </>
  )
}

/** A later use brings the hint back, once the key is unused for as long again. */
function hintOf({ id, lastUsedAt }: Key): string {
  return `${id} ${lastUsedAt}`
}

interface UnusedDialogProps {
  title: string
  unused: readonly Key[]
  onClose: () => void
}

function UnusedDialog({ title, unused, onClose }: UnusedDialogProps) {
  const [left, setLeft] = useState<readonly string[]>([])
  const chosen = unused.filter(({ id }) => !left.includes(id))
  const cleaning = useAction(async (how: keyof typeof WAYS) => {
    await cleanUp(chosen, how)
    return true
  })
  const clean = async (how: keyof typeof WAYS) => (await cleaning.run(how)) === true && onClose()
  return (
    <Dialog onClose={onClose} size="lg" title={title}>
      <Stack>
        <Text>{text.keys.unused.text}</Text>
        <Checkbox.Group
          label={text.keys.unused.list}
          value={chosen.map(({ id }) => id)}
          onChange={(ids) => setLeft(unused.map(({ id }) => id).filter((id) => !ids.includes(id)))}
        >
          <Stack gap="sm" mt="xs">
            {unused.map((key) => (
              <Checkbox key={key.id} value={key.id} label={key.name} description={lastUseOf(key)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <DialogButtons problem={cleaning.problem}>
          <Button variant="default" onClick={onClose}>
            {text.shell.cancel}
          </Button>
          <Group gap="sm">
            {(['delete', 'disable'] as const).map((how) => (
              <Button
                key={how}
                variant={how === 'disable' ? 'filled' : 'default'}
                loading={cleaning.busy}
                disabled={chosen.length === 0}
                onClick={() => void clean(how)}
              >
                {text.keys.unused[how]({ count: chosen.length })}
              </Button>
            ))}
          </Group>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}

function lastUseOf({ createdAt, lastUsedAt }: Key): string {
  const { never, last } = text.keys.unused
  return lastUsedAt === null ? never({ date: formatDate(createdAt) }) : last({ when: formatAgo(lastUsedAt) })
}

const WAYS = {
  disable: {
    act: (id: string) => call('PATCH /api/keys/:id', { enabled: false }, id),
    undo: (id: string) => call('PATCH /api/keys/:id', { enabled: true }, id),
    done: text.keys.unused.disabled,
  },
  delete: {
    act: (id: string) => call('DELETE /api/keys/:id', {}, id),
    undo: (id: string) => call('POST /api/keys/:id/restore', {}, id),
    done: text.keys.unused.deleted,
  },
}

/** Rejects with the first failure. What was done until then can be undone as well. */
async function cleanUp(keys: readonly Key[], how: keyof typeof WAYS): Promise<void> {
  const { act, undo, done } = WAYS[how]
  const changed: string[] = []
  try {
    for (const { id } of keys) {
      await act(id)
      changed.push(id)
    }
  } finally {
    if (changed.length > 0) {
      showUndo(done({ count: changed.length }), () => Promise.all(changed.map(undo)))
    }
  }
}
