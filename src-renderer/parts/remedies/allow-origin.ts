import type { OriginRecord } from '#shared/origins/origin.ts'
import { call } from '../../api/client.ts'
import { text } from '../../text/text.ts'
import { siteNameOf } from '../origins/origin-name.ts'
import { offerUndo } from './offer-undo.ts'
import type { RemedyAction, RemedyContext } from './remedy-action.ts'

/** Allows the origin of a refused request, with an undo. */
export function allowOrigin(origin: string, { origins: known, secret }: RemedyContext): RemedyAction {
  const record = known.find((one) => one.origin === origin)
  if (record?.status === 'allowed') return { kind: 'done' }
  const site = siteNameOf(origin, known)
  const perform = async () => {
    await call('POST /api/origins/decide', { origin, status: 'allowed' })
    offerUndo(secret, text.activity.allowed({ site }), () => restore(origin, record))
    return null
  }
  return { kind: 'perform', label: text.remedies.allowOrigin({ site }), perform }
}

/** A blocked origin is blocked again; a pending or unknown one is asked about again. */
async function restore(origin: string, before: OriginRecord | undefined): Promise<void> {
  if (before?.status === 'blocked') await call('POST /api/origins/decide', { origin, status: 'blocked' })
  else await call('POST /api/origins/forget', { origin })
}
