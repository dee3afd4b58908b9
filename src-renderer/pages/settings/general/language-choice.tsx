import { NativeSelect } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { LANGUAGES, type Language } from '#shared/settings/languages.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../../api/client.ts'
import { useAction } from '../../../api/use-action.ts'
import { Problem } from '../../../parts/feedback/problem.tsx'
import { showUndo } from '../../../parts/feedback/toast.tsx'
import { language, text } from '../../../text/text.ts'

const CHOICES: { value: Settings['language']; label: string }[] = [
  { value: 'auto', label: text.settings.languageAuto },
  ...(Object.entries(LANGUAGES) as [Language, string][]).map(([value, label]) => ({ value, label })),
]
/** Storage key of the language before the change, for the undo after the reload. */
const BEFORE = 'latchkey-language-before'

const save = (chosen: Settings['language']) => call('PATCH /api/settings', { language: chosen })

export function LanguageChoice({ settings }: { settings: Settings }) {
  const client = useQueryClient()
  // Shown after the core has saved it, because the page then reloads, which would abort the request.
  const change = useAction(async (chosen: Settings['language']) => {
    sessionStorage.setItem(BEFORE, settings.language)
    client.setQueryData(['settings'], await save(chosen))
  })

  useEffect(() => {
    // Not on the page that is about to reload.
    if (language !== settings.language) return
    const before = CHOICES.find(({ value }) => value === sessionStorage.getItem(BEFORE))?.value
    if (before === undefined || before === settings.language) return
    sessionStorage.removeItem(BEFORE)
    showUndo(text.settings.languageSaved, () => save(before))
  }, [settings.language])

  return (
    <>
      <NativeSelect
        label={text.settings.languageLabel}
        data={CHOICES}
        value={settings.language}
        disabled={change.busy}
        onChange={(event) => void change.run(event.currentTarget.value as Settings['language'])}
        maw="20rem"
      />
      <Problem sentence={change.problem} />
    </>
  )
}
