import { SegmentedControl, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Problem } from '../../parts/problem.tsx'
import { showUndo } from '../../parts/undo-toast.tsx'
import { language, text } from '../../text/text.ts'

const LANGUAGES = (['auto', 'en', 'de'] as const).map((value) => ({ value, label: text.settings.languages[value] }))
/** What the language was before: the pages load anew in the chosen one, and their toasts go. */
const BEFORE = 'latchkey-language-before'

const save = (chosen: Settings['language']) => call('PATCH /api/settings', { language: chosen })

export function LanguageChoice({ settings }: { settings: Settings }) {
  const client = useQueryClient()
  // Shown once the core has it, and not before: the pages load anew then, and would cut the request off.
  const change = useAction(async (chosen: Settings['language']) => {
    sessionStorage.setItem(BEFORE, settings.language)
    client.setQueryData(['settings'], await save(chosen))
  })

  useEffect(() => {
    // Not on the page that is about to go.
    if (language !== settings.language) return
    const before = LANGUAGES.find(({ value }) => value === sessionStorage.getItem(BEFORE))?.value
    if (before === undefined || before === settings.language) return
    sessionStorage.removeItem(BEFORE)
    showUndo(text.settings.languageSaved, () => save(before))
  }, [settings.language])

  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {text.settings.languageLabel}
      </Text>
      <SegmentedControl
        aria-label={text.settings.languageLabel}
        data={LANGUAGES}
        value={settings.language}
        disabled={change.busy}
        onChange={(chosen) => void change.run(chosen)}
      />
      <Problem sentence={change.problem} />
    </div>
  )
}
