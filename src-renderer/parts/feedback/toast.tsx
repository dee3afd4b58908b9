import { Button, Group, Stack, Text } from '@mantine/core'
import { type NotificationData, notifications } from '@mantine/notifications'
import { queryClient } from '../../api/queries.ts'
import { refetch } from '../../api/refetch.ts'
import { sentenceFor } from '../../api/sentence-for.ts'
import { text } from '../../text/text.ts'

let shown = 0

/** Shows the newest toast first. */
function show(toast: NotificationData): string {
  shown += 1
  return notifications.show({ ...toast, priority: shown, closeButtonProps: { 'aria-label': text.shell.close } })
}

/** A button of a toast. Pressing it also closes the toast. */
interface ToastAction {
  readonly label: string
  readonly act: () => Promise<unknown>
}

/** Reports what was done and offers to undo it. */
export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <ActionButton action={{ label: text.shell.undo, act: undo }} hide={() => notifications.hide(id)} />
      </Group>
    ),
  })
}

/** Reports what was done and offers further actions. Stays until the person closes it. */
export function showChoices(message: string, choices: readonly ToastAction[]): void {
  const id = show({
    autoClose: false,
    message: (
      <Stack gap="xs">
        <Text size="sm">{message}</Text>
        <Group gap="xs">
          {choices.map((action) => (
            <ActionButton key={action.label} action={action} hide={() => notifications.hide(id)} />
          ))}
        </Group>
      </Stack>
    ),
  })
}

function ActionButton({ action: { label, act }, hide }: { action: ToastAction; hide: () => void }) {
  async function press() {
    hide()
    try {
      await act()
    } catch (error) {
      showProblem(sentenceFor(error))
    } finally {
      refetch(queryClient)
    }
  }
  return (
    <Button size="compact-sm" variant="light" onClick={() => void press()} flex="none" maw="100%">
      {label}
    </Button>
  )
}

export function showProblem(message: string): void {
  show({ message, color: 'red' })
}

export function showDone(message: string): void {
  show({ message })
}
