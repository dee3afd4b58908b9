import { NumberInput, TagsInput, TextInput } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import type { Settings } from '#shared/settings/settings.ts'
import { useAppState } from '../../api/queries.ts'
import { useSettingChange } from '../../parts/settings/use-setting-change.ts'
import { problemSentence } from '../../text/problem-sentence.ts'
import { text } from '../../text/text.ts'

interface FieldProps {
  settings: Settings
}

/** Saves a field when the person leaves it or presses Enter. Keeps the typed value until it has been saved. */
export function useDraft<T>(saved: T, save: (value: T) => Promise<unknown>) {
  const [draft, setDraft] = useState<{ value: T } | null>(null)

  async function commit() {
    if (draft === null) return
    if (draft.value === saved || (await save(draft.value)) !== undefined) setDraft(null)
  }

  return {
    value: draft === null ? saved : draft.value,
    edit: (value: T) => setDraft({ value }),
    commitOn: {
      onBlur: () => void commit(),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') void commit()
      },
    },
  }
}

export function UpstreamField({ settings }: FieldProps) {
  const change = useSettingChange(settings, 'upstream')
  const inUse = useAppState().data?.upstream.url ?? ''
  const draft = useDraft(settings.upstream ?? '', (url) => change.run(url.trim() === '' ? null : url))
  return (
    <TextInput
      label={text.settings.upstreamLabel}
      description={`${text.settings.upstreamHint} ${text.settings.upstreamNow({ url: inUse })}`}
      placeholder="http://127.0.0.1:11434"
      inputMode="url"
      value={draft.value}
      error={change.problem}
      onChange={(event) => draft.edit(event.currentTarget.value)}
      {...draft.commitOn}
    />
  )
}

export function PortField({ settings }: FieldProps) {
  const change = useSettingChange(settings, 'gatewayPort')
  const gateway = useAppState().data?.gateway
  const draft = useDraft<number | string>(settings.gatewayPort, (port) => change.run(Number(port)))
  return (
    <NumberInput
      label={text.settings.portLabel}
      description={text.settings.portHint({ address: gateway?.address ?? '' })}
      min={1}
      max={65_535}
      allowDecimal={false}
      hideControls
      styles={{ wrapper: { maxWidth: '12rem' } }}
      value={draft.value}
      error={change.problem ?? (gateway?.problem != null && problemSentence(gateway.problem))}
      onChange={draft.edit}
      {...draft.commitOn}
    />
  )
}

export function HostsField({ settings }: FieldProps) {
  const change = useSettingChange(settings, 'extraHosts')
  return (
    <TagsInput
      label={text.settings.hostsLabel}
      description={text.settings.hostsHint}
      value={settings.extraHosts}
      error={change.problem}
      clearButtonProps={{ 'aria-label': text.shell.clear }}
      onChange={(hosts) => void change.run(hosts)}
    />
  )
}

export function RetentionField({ settings }: FieldProps) {
  const change = useSettingChange(settings, 'retentionDays')
  const draft = useDraft<number | string>(settings.retentionDays, (days) => change.run(Number(days)))
  return (
    <NumberInput
      label={text.settings.retentionLabel}
      description={text.settings.retentionHint}
      min={1}
      max={3650}
      allowDecimal={false}
      hideControls
      styles={{ wrapper: { maxWidth: '12rem' } }}
      value={draft.value}
      error={change.problem}
      onChange={draft.edit}
      {...draft.commitOn}
    />
  )
}
