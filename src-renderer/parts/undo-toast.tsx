import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { askAnew } from '../api/ask-anew.ts'
import { queryClient } from '../api/queries.ts'
import { sentenceFor } from '../api/sentence-for.ts'
import { text } from '../text/text.ts'

/** Says what was done, and takes it back on request. */
export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="light" onClick={() => void takeBack()} flex="none">
          {text.shell.undo}
        </Button>
      </Group>
    ),
    closeButtonProps: { 'aria-label': text.shell.close },
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
  notifications.show({ message, color: 'red', closeButtonProps: { 'aria-label': text.shell.close } })
}

export function showDone(message: string): void {
  notifications.show({ message, closeButtonProps: { 'aria-label': text.shell.close } })
}
