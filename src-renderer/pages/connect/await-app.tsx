import { Box, Button, Group, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Exchange } from '#shared/exchange.ts'
import type { IssuedKey } from '#shared/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/callout.tsx'
import { Card } from '../../parts/card.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { originName } from '../../parts/origin-name.ts'
import { sentenceOfTrouble } from '../../parts/reason-text.ts'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { text } from '../../text/text.ts'
import classes from './connect.module.css'
import type { Mend, Verdict } from './verdict.ts'

interface AwaitAppProps {
  verdict: Exclude<Verdict, { kind: 'connected' }>
  appName: string
  address: string
  issued: IssuedKey
  recipe: RecipeId
}

/** Waits for the app's first exchange, and says what is in its way. */
export function AwaitApp({ verdict, appName, ...given }: AwaitAppProps) {
  const [mended, setMended] = useState<string | null>(null)
  if (verdict.kind === 'trouble' && verdict.exchange.id !== mended) {
    const { exchange, mend } = verdict
    return (
      <Callout kind="bad" title={text.connect.troubleTitle}>
        <Text mb={mend === null ? 0 : 'sm'}>{sentenceOfTrouble(exchange)}</Text>
        {mend !== null && (
          <MendButton mend={mend} exchange={exchange} {...given} onMended={() => setMended(exchange.id)} />
        )}
      </Callout>
    )
  }
  return (
    <Card role="status">
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <span className={classes.pulse} aria-hidden />
        <Box>
          <Title order={2}>{text.connect.waitingTitle(appName)}</Title>
          <Text c="dimmed">{mended === null ? text.connect.waitingText : text.connect.mended}</Text>
        </Box>
      </Group>
    </Card>
  )
}

interface MendButtonProps extends Pick<AwaitAppProps, 'address' | 'issued' | 'recipe'> {
  mend: Mend
  exchange: Exchange
  onMended: () => void
}

function MendButton({ mend, exchange, address, issued, recipe, onMended }: MendButtonProps) {
  const act = useAction(async () => {
    if (await perform(mend, exchange, issued)) onMended()
  })

  if (mend === 'copyAddress' || (mend === 'copyKey' && hasKeyInAddress(RECIPES[recipe].address))) {
    return <CopyButton value={address} what={text.connect.address} label={text.connect.mend.copyAddress} />
  }
  if (mend === 'copyKey') {
    return <CopyButton value={issued.secret} what={text.connect.key} label={text.connect.mend.copyKey} />
  }
  return (
    <>
      <Button variant="default" onClick={() => void act.run()} loading={act.busy}>
        {mend === 'allowOrigin'
          ? text.connect.mend.allowOrigin(originName({ origin: exchange.origin ?? '', label: null }))
          : text.connect.mend[mend]}
      </Button>
      {act.problem !== null && <Text mt="xs">{act.problem}</Text>}
    </>
  )
}

/** Resolves to whether it is worth trying again in the app. */
async function perform(mend: Mend, exchange: Exchange, { id }: IssuedKey): Promise<boolean> {
  switch (mend) {
    case 'allowOrigin':
      await call('POST /api/origins/decide', { origin: exchange.origin ?? '', status: 'allowed' })
      return true
    case 'checkUpstream':
      return (await call('POST /api/upstream/check', {})).reachable
    case 'resume':
      await call('PATCH /api/settings', { paused: false })
      return true
    case 'enableKey':
      await call('PATCH /api/keys/:id', { enabled: true }, id)
      return true
    case 'allowEverything':
      await call('PATCH /api/keys/:id', { scopes: ['all'] }, id)
      return true
    case 'allowInUrl':
      await call('PATCH /api/keys/:id', { allowInUrl: true }, id)
      return true
    case 'copyKey':
    case 'copyAddress':
      return false
  }
}
