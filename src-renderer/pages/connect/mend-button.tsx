import { Button, Text } from '@mantine/core'
import type { Exchange } from '#shared/gateway/exchange.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useOrigins } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { missingScope } from '../../parts/missing-scope.ts'
import { originName } from '../../parts/origin-name.ts'
import { useUpstreamCheck } from '../../parts/use-upstream-check.ts'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { text } from '../../text/text.ts'
import type { Mend, Trouble } from './verdict.ts'

interface MendButtonProps {
  trouble: Trouble
  address: string
  issued: IssuedKey
  recipe: RecipeId
  onMended: () => void
}

/** The one thing to do about what is wrong; nothing where no button helps. */
export function MendButton({ trouble, address, issued, recipe, onMended }: MendButtonProps) {
  const { mend } = trouble
  const exchange = 'exchange' in trouble ? trouble.exchange : null
  const change = useAction(async () => {
    if (mend !== null && (await perform(mend, exchange, issued))) onMended()
  })
  const check = useUpstreamCheck()
  const label = useLabel(mend, exchange)

  if (mend === null) return null
  if (mend === 'copyAddress' || (mend === 'copyKey' && hasKeyInAddress(RECIPES[recipe].address))) {
    return <CopyButton mt="sm" value={address} what={text.connect.address} label={text.connect.mend.copyAddress} />
  }
  if (mend === 'copyKey') {
    return <CopyButton mt="sm" value={issued.secret} what={text.connect.key} label={text.connect.mend.copyKey} />
  }
  const look = async () => {
    if (await check.run()) onMended()
  }
  const [act, run] = mend === 'checkUpstream' ? [check, look] : [change, change.run]
  return (
    <>
      <Button mt="sm" variant="default" onClick={() => void run()} loading={act.busy}>
        {label}
      </Button>
      {act.problem !== null && <Text mt="xs">{act.problem}</Text>}
    </>
  )
}

function useLabel(mend: Mend | null, exchange: Exchange | null): string {
  const origins = useOrigins().data ?? []
  if (mend === null) return ''
  if (mend === 'allowMore')
    return text.connect.mend.allowMore({ scope: text.words.scopes[missingScope(exchange?.routeClass)] })
  if (mend !== 'allowOrigin') return text.connect.mend[mend]
  const origin = exchange?.origin ?? ''
  const known = origins.find((record) => record.origin === origin)
  return text.connect.mend.allowOrigin({ origin: originName(known ?? { origin, label: null }) })
}

/** Resolves to whether it is worth trying again in the app. */
async function perform(mend: Mend, exchange: Exchange | null, { id, scopes }: IssuedKey): Promise<boolean> {
  switch (mend) {
    case 'allowOrigin':
      await call('POST /api/origins/decide', { origin: exchange?.origin ?? '', status: 'allowed' })
      return true
    case 'resume':
      await call('PATCH /api/settings', { paused: false })
      return true
    case 'enableKey':
      await call('PATCH /api/keys/:id', { enabled: true }, id)
      return true
    case 'allowMore':
      await call('PATCH /api/keys/:id', { scopes: [...new Set([...scopes, missingScope(exchange?.routeClass)])] }, id)
      return true
    case 'allowInUrl':
      await call('PATCH /api/keys/:id', { allowInUrl: true }, id)
      return true
    case 'allowOnline':
      await call('PATCH /api/keys/:id', { online: true }, id)
      return true
    case 'allowOtherApps':
      await call('PATCH /api/keys/:id', { app: null }, id)
      return true
    case 'copyKey':
    case 'copyAddress':
    case 'checkUpstream':
      return false
  }
}
