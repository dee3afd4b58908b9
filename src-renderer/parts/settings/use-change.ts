import { useQueryClient } from '@tanstack/react-query'
import type { Settings } from '#shared/settings/settings.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { showUndo } from '../feedback/toast.tsx'
import { type SavedField, savedSentence } from './saved-sentence.ts'

/** Saves one setting at once, with a toast that says what is so now and takes it back. */
export function useChange<K extends SavedField>(settings: Settings, field: K) {
  const client = useQueryClient()
  return useAction(async (value: Settings[K]) => {
    const before = settings[field]
    // An answer still on its way would put the old value back.
    await client.cancelQueries({ queryKey: ['settings'] })
    // Shown at once; if the core refuses, what is read anew afterwards puts it right.
    client.setQueryData(['settings'], { ...settings, [field]: value })
    const now = await call('PATCH /api/settings', { [field]: value })
    showUndo(savedSentence(field, now[field]), () => call('PATCH /api/settings', { [field]: before }))
    return now
  })
}
