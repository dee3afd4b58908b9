import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type IssuedInvitation, type NewInvitation, newInvitationSchema } from '#shared/people/invitation.ts'
import type { GivenRole } from '#shared/people/role.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Dialog } from '../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../parts/dialogs/dialog-buttons.tsx'
import { OptionCards } from '../../../parts/fields/option-cards.tsx'
import { More } from '../../../parts/limits/more.tsx'
import {
  limitDraftOf,
  limitsIn,
  type PersonLimitDraft,
  PersonLimitFields,
} from '../../../parts/limits/person-limits.tsx'
import { peopleText } from '../../../text/people-text.ts'
import { text } from '../../../text/text.ts'
import { RoleChoice } from '../role-choice.tsx'

const DAYS = [1, 3, 7, 14, 30].map((days) => ({ value: String(days), label: peopleText.invite.days({ days }) }))
const PRESETS = (['models', 'chat'] as const).map((value) => ({
  value,
  title: text.keys.presets[value],
  hint: text.keys.presetHints[value],
}))

interface Draft extends PersonLimitDraft {
  name: string
  role: GivenRole
  preset: NewInvitation['preset']
  days: string
}

interface InviteDialogProps {
  onClose: () => void
  onIssued: (issued: IssuedInvitation) => void
}

export function InviteDialog({ onClose, onIssued }: InviteDialogProps) {
  const [draft, setDraft] = useState<Draft>(() => ({
    name: '',
    role: 'member',
    preset: 'models',
    days: '7',
    ...limitDraftOf(undefined),
  }))
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }))
  const making = useAction(() => call('POST /api/invitations', invitationIn(draft)))

  async function submit(event: FormEvent) {
    event.preventDefault()
    const issued = await making.run()
    if (issued !== undefined) onIssued(issued)
  }

  return (
    <Dialog onClose={onClose} size="lg" title={peopleText.people.invite}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            label={peopleText.invite.nameLabel}
            description={peopleText.invite.nameHint}
            value={draft.name}
            maxLength={80}
            data-autofocus
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <RoleChoice value={draft.role} onChange={(role) => change({ role })} />
          {draft.role === 'guest' && <KeyOfGuest draft={draft} onChange={change} />}
          <NativeSelect
            label={peopleText.invite.daysLabel}
            data={DAYS}
            value={draft.days}
            onChange={(event) => change({ days: event.currentTarget.value })}
          />
          <More initiallyOpen={false}>
            <PersonLimitFields draft={draft} onChange={change} />
          </More>
          <DialogButtons problem={making.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={making.busy}>
              {peopleText.invite.make}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

function KeyOfGuest({ draft, onChange }: { draft: Draft; onChange: (patch: Partial<Draft>) => void }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4} aria-hidden>
        {peopleText.invite.presetLabel}
      </Text>
      <OptionCards
        label={peopleText.invite.presetLabel}
        name="preset"
        options={PRESETS}
        value={draft.preset}
        onChange={(preset) => onChange({ preset })}
      />
    </div>
  )
}

/** Throws an `InvalidInput` for the first invalid field. */
function invitationIn(draft: Draft): NewInvitation {
  const { name, role, preset, days } = draft
  return parseInput(newInvitationSchema, {
    name: name.trim() === '' ? null : name,
    role,
    preset,
    days: Number(days),
    ...limitsIn(draft),
  })
}
