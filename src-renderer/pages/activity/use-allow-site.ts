import type { Exchange } from '#shared/gateway/exchange.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { OTHER } from '#shared/records/recorded-text.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { showProblem, showUndo } from '../../parts/undo-toast.tsx'
import { text } from '../../text/text.ts'
import { siteNameOf } from './site-name.ts'

/** Refusals that end when the site is allowed. */
const BY_SITE: ReadonlySet<string | null> = new Set(['origin_blocked', 'origin_not_approved'])

/** Lets the site of a refused exchange in, if that is what it takes, and knows whether somebody already did. */
export function useAllowSite(
  { origin, reason }: Pick<Exchange, 'origin' | 'reason'>,
  origins: readonly OriginRecord[],
) {
  const record = origins.find((known) => known.origin === origin)
  const allow = useAction(
    async () => {
      if (origin === null) return
      await call('POST /api/origins/decide', { origin, status: 'allowed' })
      showUndo(text.activity.allowed({ site: siteNameOf(origin, origins) ?? origin }), () => takeBack(origin, record))
    },
    { onProblem: showProblem },
  )
  const state =
    origin === null || origin === OTHER || !BY_SITE.has(reason)
      ? null
      : record?.status === 'allowed'
        ? 'allowed'
        : 'refused'
  return { state, busy: allow.busy, problem: allow.problem, run: () => void allow.run() } as const
}

/** A site that was waiting waits again; one that was blocked is blocked again. */
async function takeBack(origin: string, record: OriginRecord | undefined): Promise<void> {
  if (record?.status === 'blocked') await call('POST /api/origins/decide', { origin, status: 'blocked' })
  else await call('POST /api/origins/forget', { origin })
}
