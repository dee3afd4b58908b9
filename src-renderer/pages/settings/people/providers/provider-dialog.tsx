import { Button, NativeSelect, PasswordInput, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { PROVIDER_RETURN_PATH } from '#shared/console-api/sign-in-api.ts'
import type { Provider, ProviderState } from '#shared/people/sign-in.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { useAction } from '../../../../api/use-action.ts'
import { Dialog } from '../../../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../../../parts/dialogs/dialog-buttons.tsx'
import { Callout } from '../../../../parts/feedback/callout.tsx'
import { showDone } from '../../../../parts/feedback/toast.tsx'
import { CopyField } from '../../../../parts/fields/copy-field.tsx'
import { More } from '../../../../parts/limits/more.tsx'
import { peopleText } from '../../../../text/people-text.ts'
import { text } from '../../../../text/text.ts'
import classes from '../../settings.module.css'
import { freshId, PRESET_CHOICES, PRESETS } from './presets.ts'
import { type ProviderDraft, providerDraftOf, saveProvider, withPreset } from './provider-draft.ts'
import { RoleFields } from './role-fields.tsx'

interface ProviderDialogProps {
  settings: Settings
  /** Absent for a new one. */
  editing?: ProviderState
  onClose: () => void
}

interface FieldsProps {
  draft: ProviderDraft
  onChange: (patch: Partial<ProviderDraft>) => void
}

/** Sets up a service at which people sign in, step by step. */
export function ProviderDialog({ settings, editing, onClose }: ProviderDialogProps) {
  const [draft, setDraft] = useState(() => providerDraftOf(editing))
  const change = (patch: Partial<ProviderDraft>) => setDraft((before) => ({ ...before, ...patch }))
  const saving = useAction(() => saveProvider(draft, settings, editing))
  const { providers } = peopleText

  async function submit(event: FormEvent) {
    event.preventDefault()
    const saved = await saving.run()
    if (saved === undefined) return
    showDone(providers.saved({ name: saved.name }))
    onClose()
  }

  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={editing === undefined ? providers.add : providers.changeTitle({ name: editing.name })}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <Stack>
          {editing === undefined && (
            <NativeSelect
              label={providers.serviceLabel}
              data={PRESET_CHOICES}
              value={draft.preset}
              onChange={(event) => setDraft(withPreset(draft, event.currentTarget.value as Provider['preset']))}
            />
          )}
          <TextInput
            label={providers.nameLabel}
            description={providers.nameHint}
            value={draft.name}
            maxLength={40}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Steps settings={settings} editing={editing} draft={draft} onChange={change} />
          <More label={providers.more} initiallyOpen={draft.domains.length > 0 || draft.roleClaim !== ''}>
            <Stack pt="sm">
              <DomainsField draft={draft} onChange={change} />
              <RoleFields draft={draft} onChange={change} />
            </Stack>
          </More>
          <DialogButtons problem={saving.problem}>
            <Button variant="default" onClick={onClose}>
              {text.shell.cancel}
            </Button>
            <Button type="submit" loading={saving.busy}>
              {text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

interface StepsProps extends FieldsProps {
  settings: Settings
  editing: ProviderState | undefined
}

/** What to do at the service, and what to bring back from there. */
function Steps({ settings, editing, draft, onChange }: StepsProps) {
  const { steps } = peopleText.providers
  return (
    <ol className={classes.steps}>
      <li>
        <Text>{steps.register[draft.preset]}</Text>
      </li>
      <li>
        <Stack gap="xs">
          <Text>{steps.redirect}</Text>
          <RedirectAddress settings={settings} editing={editing} name={draft.name} />
        </Stack>
      </li>
      <li>
        <Stack gap="sm">
          <Text>{steps.bring}</Text>
          <Credentials hasSecret={editing?.hasSecret === true} draft={draft} onChange={onChange} />
        </Stack>
      </li>
    </ol>
  )
}

interface RedirectAddressProps {
  settings: Settings
  editing: ProviderState | undefined
  name: string
}

/** A new service has no state yet, so its address is made of the console's own and the id that it will get. */
function RedirectAddress({ settings: { consoleUrl, providers }, editing, name }: RedirectAddressProps) {
  const { providers: words } = peopleText
  const id = freshId(
    name,
    providers.map((provider) => provider.id),
  )
  const url =
    editing === undefined
      ? consoleUrl && `${consoleUrl.replace(/\/$/, '')}${PROVIDER_RETURN_PATH}/${id}`
      : editing.redirectUrl
  if (url === null) return <Callout kind="wait" title={words.noAddress} />
  return <CopyField label={words.redirectLabel} value={url} />
}

function Credentials({ hasSecret, draft, onChange }: FieldsProps & { hasSecret: boolean }) {
  const { providers } = peopleText
  const { issuer } = PRESETS[draft.preset]
  return (
    <>
      {issuer !== null && !('value' in issuer) && (
        <TextInput
          label={providers.issuerLabel}
          description={providers.issuerHint}
          placeholder={issuer.example}
          inputMode="url"
          value={draft.issuer}
          onChange={(event) => onChange({ issuer: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={providers.clientIdLabel}
        value={draft.clientId}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ clientId: event.currentTarget.value })}
      />
      <PasswordInput
        label={providers.secretLabel}
        description={hasSecret ? providers.secretKept : providers.secretHint}
        value={draft.secret}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': peopleText.passwords.show }}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
    </>
  )
}

function DomainsField({ draft, onChange }: FieldsProps) {
  const { providers } = peopleText
  return (
    <TagsInput
      label={providers.domainsLabel}
      description={providers.domainsHint}
      value={draft.domains}
      clearButtonProps={{ 'aria-label': text.shell.clear }}
      onChange={(domains) => onChange({ domains })}
    />
  )
}
