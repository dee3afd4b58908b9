import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { ListedPerson, PersonUsage } from '#shared/people/person.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { showDone } from '../../parts/feedback/toast.tsx'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'

const OPTIONS = (['keep', 'forget'] as const).map((value) => ({ value, ...peopleText.people.usage[value] }))

/** A removal cannot be undone, so it asks first, and what happens to the person's usage. */
export function RemoveDialog({ person: { id, name }, onClose }: { person: ListedPerson; onClose: () => void }) {
  const [usage, setUsage] = useState<PersonUsage>('keep')
  const remove = useAction(() => call('DELETE /api/people/:id', { usage }, id))

  async function submit() {
    if ((await remove.run()) === undefined) return
    showDone(peopleText.people.removed({ name }))
    onClose()
  }

  return (
    <Dialog onClose={onClose} title={peopleText.people.removeTitle({ name })}>
      <Stack>
        <Text>{peopleText.people.removeText}</Text>
        <OptionCards
          label={peopleText.people.usageLabel}
          name="usage"
          options={OPTIONS}
          value={usage}
          onChange={setUsage}
        />
        <DialogButtons problem={remove.problem}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.shell.cancel}
          </Button>
          <Button loading={remove.busy} onClick={() => void submit()}>
            {peopleText.people.remove}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}
