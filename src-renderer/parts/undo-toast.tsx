import { Button, Group, Text } from '@mantine/core'
import { type NotificationData, notifications } from '@mantine/notifications'
import { askAnew } from '../api/ask-anew.ts'
import { queryClient } from '../api/queries.ts'
import { sentenceFor } from '../api/sentence-for.ts'
import { text } from '../text/text.ts'

let shown = 0

/** The newest comes first: what has just been done is what a person looks for. */
function show(toast: NotificationData): string {
  shown += 1
  return notifications.show({ ...toast, priority: shown, closeButtonProps: { 'aria-label': text.shell.close } })
}

/** Says what was done, and takes it back on request. */
export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="light" onClick={() => void takeBack()} flex="none">
          {text.shell.undo}
        </Button>
      </Group>
    ),
  })

  async function takeBack() {
    notifications.hide(id)
    try {
      await undo()
    } catch (error) {
      showProblem(sentenceFor(error))
    } finally {
      askAnew(queryClient)
    }
  }
}

export function showProblem(message: string): void {
  show({ message, color: 'red' })
}

export function showDone(message: string): void {
  show({ message })
}
