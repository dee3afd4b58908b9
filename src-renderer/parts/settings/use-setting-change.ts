import { useQueryClient } from '@tanstack/react-query'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { showUndo } from '../feedback/toast.tsx'
import { type SavedField, savedSentence } from './saved-sentence.ts'

/** Saves one setting at once. A toast reports the new state and offers to undo it. */
export function useSettingChange<K extends SavedField>(settings: Settings, field: K) {
  return useSavedSetting(settings, field, (value) => savedSentence(field, value))
}

/** Like `useSettingChange`, for a setting whose sentences come with its page. */
export function useSavedSetting<K extends keyof Settings>(
  settings: Settings,
  field: K,
  sentence: (value: Settings[K]) => string,
) {
  const client = useQueryClient()
  return useAction(async (value: Settings[K]) => {
    const before = settings[field]
    // A running request would bring the old value back.
    await client.cancelQueries({ queryKey: ['settings'] })
    // Shown at once. If the core refuses, the refetch afterwards corrects it.
    client.setQueryData(['settings'], { ...settings, [field]: value })
    const now = await call('PATCH /api/settings', { [field]: value })
    showUndo(sentence(now[field]), () => call('PATCH /api/settings', { [field]: before }))
    return now
  })
}
