import type { Key } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { showProblem, showUndo } from '../../parts/feedback/toast.tsx'
import { text } from '../../text/text.ts'

const setEnabled = (id: string, enabled: boolean) => call('PATCH /api/keys/:id', { enabled }, id)

/** Offers to undo switching off, because a wrong click would lock out an app. */
export function useSwitchKey({ id, name }: Key) {
  return useAction(
    async (enabled: boolean) => {
      await setEnabled(id, enabled)
      if (!enabled) showUndo(text.keys.disabled({ name }), () => setEnabled(id, true))
    },
    { onProblem: showProblem },
  )
}

export function useDeleteKey({ id, name }: Key) {
  return useAction(
    async () => {
      await call('DELETE /api/keys/:id', {}, id)
      showUndo(text.keys.removed({ name }), () => call('POST /api/keys/:id/restore', {}, id))
    },
    { onProblem: showProblem },
  )
}
