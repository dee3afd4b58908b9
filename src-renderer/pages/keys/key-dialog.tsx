import { Button, Select, Stack, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { IssuedKey, Key, NewKey } from '#shared/keys/key.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { call } from '../../api/client.ts'
import { useIsOperator, useMe } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { More } from '../../parts/limits/more.tsx'
import { formatDate } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { draftOf, type Expiry, type KeyDraft, NEW_PERSON, readDraft } from './key-draft.ts'
import { KeyLimits } from './key-limits.tsx'
import { KeySummary } from './key-summary.tsx'
import { restrictionsOf } from './restrictions.ts'
import { ScopeChoice } from './scope-choice.tsx'

const EXPIRY_DAYS = ['7', '30', '90', '365'] as const

interface KeyDialogProps {
  /** Absent for a new key. */
  editing?: Key
  onClose: () => void
  onIssued: (issued: IssuedKey) => void
}

export function KeyDialog({ editing, onClose, onIssued }: KeyDialogProps) {
  const own = useMe().data?.id ?? OWNER_ID
  const [draft, setDraft] = useState(() => draftOf(editing, own))
  const change = (patch: Partial<KeyDraft>) => setDraft((before) => ({ ...before, ...patch }))
  const saving = useAction(async () => {
    const read = (person: string) => readDraft({ ...draft, person }, editing?.expiresAt ?? null, Date.now())
    if (draft.person !== NEW_PERSON) return await save(read(draft.person), editing)
    // Checks the key first, so that an invalid one adds nobody.
    read(OWNER_ID)
    const { id } = await call('POST /api/people', { name: draft.newPerson })
    // If the key is refused, the next attempt must not add the person again.
    change({ person: id, newPerson: '' })
    return await save(read(id), editing)
  })

  async function submit(event: FormEvent) {
    event.preventDefault()
    const saved = await saving.run()
    if (saved === undefined) return
    if ('secret' in saved) onIssued(saved)
    else onClose()
  }

  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={editing === undefined ? text.keys.createTitle : text.keys.editTitle({ name: editing.name })}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          <KeyFields draft={draft} onChange={change} editing={editing} failed={saving.problem !== null} />
          <KeySummary draft={draft} expiresAt={editing?.expiresAt ?? null} />
          <DialogButtons problem={saving.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={saving.busy}>
              {editing === undefined ? text.keys.make : text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

interface KeyFieldsProps {
  draft: KeyDraft
  onChange: (patch: Partial<KeyDraft>) => void
  editing: Key | undefined
  /** The last attempt failed, so an empty name is marked. */
  failed: boolean
}

function KeyFields({ draft, onChange, editing, failed }: KeyFieldsProps) {
  // Only an operator can allow it.
  const mayGoOnline = useIsOperator() || editing?.online === true
  return (
    <>
      <TextInput
        label={text.keys.nameLabel}
        placeholder={text.keys.namePlaceholder}
        value={draft.name}
        maxLength={80}
        required
        error={failed && draft.name.trim() === ''}
        data-autofocus
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <ScopeChoice scopes={draft.scopes} onChange={(scopes) => onChange({ scopes })} />
      {mayGoOnline && (
        <Switch
          label={text.keys.onlineLabel}
          description={text.keys.onlineHint}
          checked={draft.online}
          onChange={(event) => onChange({ online: event.currentTarget.checked })}
        />
      )}
      <ExpiryChoice editing={editing} value={draft.expiry} onChange={(expiry) => onChange({ expiry })} />
      <More initiallyOpen={editing !== undefined && restrictionsOf(editing).length > 0}>
        <KeyLimits draft={draft} app={editing?.app ?? null} onChange={onChange} />
      </More>
    </>
  )
}

function save(key: NewKey, editing: Key | undefined): Promise<Key | IssuedKey> {
  return editing === undefined ? call('POST /api/keys', key) : call('PATCH /api/keys/:id', key, editing.id)
}

interface ExpiryChoiceProps {
  editing: Key | undefined
  value: Expiry
  onChange: (expiry: Expiry) => void
}

function ExpiryChoice({ editing, value, onChange }: ExpiryChoiceProps) {
  const keep =
    editing?.expiresAt == null
      ? []
      : [{ value: 'keep' as const, label: text.keys.expiry.keep({ date: formatDate(editing.expiresAt) }) }]
  return (
    <Select
      label={text.keys.expiryLabel}
      data={[
        ...keep,
        { value: 'never', label: text.keys.expiry.never },
        ...EXPIRY_DAYS.map((days) => ({ value: days, label: text.keys.expiry.days({ days: Number(days) }) })),
      ]}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => {
        if (chosen !== null) onChange(chosen)
      }}
    />
  )
}
