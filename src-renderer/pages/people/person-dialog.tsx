import { Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { isOwner, type ListedPerson, newPersonSchema, type PersonPatch } from '#shared/people/person.ts'
import type { GivenRole } from '#shared/people/role.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { showUndo } from '../../parts/feedback/toast.tsx'
import { More } from '../../parts/limits/more.tsx'
import {
  isLimited,
  limitDraftOf,
  limitsIn,
  type PersonLimitDraft,
  PersonLimitFields,
} from '../../parts/limits/person-limits.tsx'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { RoleChoice } from './role-choice.tsx'

interface PersonDialogProps {
  /** Absent for a new person. */
  editing?: ListedPerson
  onClose: () => void
}

interface Draft extends PersonLimitDraft {
  name: string
  email: string
  /** null for the owner, whose role stays. */
  role: GivenRole | null
}

/** Adds a person who gets their keys from somebody else, or changes one. */
export function PersonDialog({ editing, onClose }: PersonDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(editing))
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }))
  const saving = useAction(() => save(draft, editing))

  async function submit(event: FormEvent) {
    event.preventDefault()
    if ((await saving.run()) !== undefined) onClose()
  }

  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={editing === undefined ? peopleText.people.addTitle : peopleText.people.changeTitle({ name: editing.name })}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <Names draft={draft} onChange={change} failed={saving.problem !== null} />
          {draft.role !== null && <RoleChoice value={draft.role} onChange={(role) => change({ role })} />}
          <More initiallyOpen={editing !== undefined && isLimited(editing)}>
            <PersonLimitFields draft={draft} onChange={change} />
          </More>
          <DialogButtons problem={saving.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={saving.busy}>
              {editing === undefined ? peopleText.people.addDo : text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

interface NamesProps {
  draft: Draft
  onChange: (patch: Partial<Draft>) => void
  /** The last attempt failed, so an empty name is marked. */
  failed: boolean
}

function Names({ draft, onChange, failed }: NamesProps) {
  return (
    <>
      <TextInput
        label={peopleText.people.nameLabel}
        value={draft.name}
        maxLength={80}
        required
        error={failed && draft.name.trim() === ''}
        data-autofocus
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        type="email"
        label={peopleText.people.emailLabel}
        description={peopleText.people.emailHint}
        value={draft.email}
        maxLength={254}
        onChange={(event) => onChange({ email: event.currentTarget.value })}
      />
    </>
  )
}

function draftOf(person: ListedPerson | undefined): Draft {
  const role = person === undefined || person.role === 'owner' ? 'member' : person.role
  return {
    name: person?.name ?? '',
    email: person?.email ?? '',
    role: person !== undefined && isOwner(person) ? null : role,
    ...limitDraftOf(person),
  }
}

async function save(draft: Draft, editing: ListedPerson | undefined): Promise<ListedPerson> {
  const email = draft.email.trim() === '' ? null : draft.email.trim()
  const role = draft.role === null ? {} : { role: draft.role }
  const choices = { name: draft.name, email, ...role, ...limitsIn(draft) }
  if (editing === undefined) return await call('POST /api/people', parseInput(newPersonSchema, choices))
  const saved = await call('PATCH /api/people/:id', choices, editing.id)
  showUndo(peopleText.people.changed({ name: saved.name }), () =>
    call('PATCH /api/people/:id', before(editing, choices), editing.id),
  )
  return saved
}

/** The person's own values of what a change has set. */
function before(person: ListedPerson, changed: PersonPatch): PersonPatch {
  const names = Object.keys(changed) as (keyof PersonPatch)[]
  return Object.fromEntries(names.map((name) => [name, person[name]]))
}
