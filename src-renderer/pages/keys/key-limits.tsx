import { Stack, Switch, TagsInput } from '@mantine/core'
import { linkAppName } from '#shared/keys/link-apps.ts'
import { useIsOperator } from '../../api/queries.ts'
import { Amounts, ModelsField, OriginsField } from '../../parts/limits/limit-fields.tsx'
import { text } from '../../text/text.ts'
import type { KeyDraft } from './key-draft.ts'
import { PersonField } from './person-field.tsx'

interface KeyLimitsProps {
  draft: KeyDraft
  /** The app that the key is made for, as it is now; null for any. */
  app: string | null
  onChange: (patch: Partial<KeyDraft>) => void
}

/** The fields that most people never need. */
export function KeyLimits({ draft, app, onChange }: KeyLimitsProps) {
  return (
    <Stack pt="sm">
      <ModelsField draft={draft} onChange={onChange} />
      <OriginsField draft={draft} onChange={onChange} />
      <Amounts draft={draft} onChange={onChange} />
      {useIsOperator() && <PersonField draft={draft} onChange={onChange} />}
      <EndpointsField draft={draft} onChange={onChange} />
      <Switch
        label={text.keys.inUrlLabel}
        description={text.keys.inUrlHint}
        checked={draft.allowInUrl}
        onChange={(event) => onChange({ allowInUrl: event.currentTarget.checked })}
      />
      {app !== null && (
        <Switch
          label={text.keys.appLabel({ app: linkAppName(app) })}
          description={text.keys.appHint}
          checked={draft.app !== null}
          onChange={(event) => onChange({ app: event.currentTarget.checked ? app : null })}
        />
      )}
    </Stack>
  )
}

function EndpointsField({ draft, onChange }: Omit<KeyLimitsProps, 'app'>) {
  return (
    <TagsInput
      label={text.keys.endpointsLabel}
      description={text.keys.endpointsHint}
      value={draft.endpoints}
      clearButtonProps={{ 'aria-label': text.shell.clear }}
      onChange={(endpoints) => onChange({ endpoints })}
    />
  )
}
