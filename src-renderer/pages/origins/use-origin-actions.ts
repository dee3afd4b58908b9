import type { OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { showProblem, showUndo } from '../../parts/feedback/toast.tsx'
import { blockSite } from '../../parts/origins/block-site.ts'
import { originName } from '../../parts/origins/origin-name.ts'
import { text } from '../../text/text.ts'

type Decision = 'allowed' | 'blocked'

const decide = (origin: string, status: Decision) => call('POST /api/origins/decide', { origin, status })

export function useDecide(shown: OriginRecord) {
  return useAction(
    async (status: Decision) => {
      if (status === 'blocked') await blockSite(shown)
      else await decide(shown.origin, status)
    },
    { onProblem: showProblem },
  )
}

/** A forgotten site is no longer blocked, so the undo restores the decision and the name. */
export function useForget(shown: OriginRecord) {
  return useAction(
    async () => {
      await call('POST /api/origins/forget', { origin: shown.origin })
      showUndo(text.origins.forgotten({ name: originName(shown) }), () => remember(shown))
    },
    { onProblem: showProblem },
  )
}

async function remember({ origin, status, label }: OriginRecord): Promise<void> {
  await decide(origin, status === 'blocked' ? 'blocked' : 'allowed')
  if (label !== null) await call('POST /api/origins/label', { origin, label })
}
