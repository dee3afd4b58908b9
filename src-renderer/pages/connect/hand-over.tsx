import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useAppState, useExchanges } from '../../api/queries.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { CopyField } from '../../parts/fields/copy-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { addressFor, hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES } from '../../recipes/recipes.ts'
import { text } from '../../text/text.ts'
import { AwaitApp } from './await-app.tsx'
import classes from './connect.module.css'
import { Connected } from './connected.tsx'
import type { Handover } from './handover.ts'
import { judge, type Verdict } from './verdict.ts'
import { WhereToPaste } from './where-to-paste.tsx'

interface HandOverProps {
  handover: Handover
  onConnected: () => void
  onAnother: () => void
  onLeave: () => void
}

/** Steps 3 and 4: what to paste where, and whether it has worked. */
export function HandOver({ handover, onConnected, onAnother, onLeave }: HandOverProps) {
  const { recipe, issued } = handover
  const state = useAppState().data
  const exchanges = useExchanges().data ?? []
  const verdict: Verdict = state === undefined ? { kind: 'waiting' } : judge({ exchanges, key: issued, state })
  const address = addressFor(RECIPES[recipe].address, state?.gateway.address ?? '', issued.secret)
  const appName = recipe === 'other' ? issued.name : text.recipes.apps[recipe].name
  const isConnected = verdict.kind === 'connected'

  useEffect(() => {
    if (isConnected) onConnected()
  }, [isConnected, onConnected])

  if (verdict.kind === 'connected') {
    return (
      <Connected
        appName={appName}
        kind={RECIPES[recipe].kind}
        exchange={verdict.exchange}
        onAnother={onAnother}
        onDone={onLeave}
      />
    )
  }
  return (
    <Stack>
      <PasteThis handover={handover} address={address} />
      <Card title={text.connect.howTo({ app: text.recipes.apps[recipe].name })}>
        <SimpleGrid cols={{ base: 1, sm: RECIPES[recipe].fields.length === 0 ? 1 : 2 }} spacing="xl">
          <ol className={classes.steps}>
            {text.recipes.apps[recipe].steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <WhereToPaste appName={appName} recipe={RECIPES[recipe]} address={address} secret={issued.secret} />
        </SimpleGrid>
      </Card>
      <div className={classes.await} data-trouble={verdict.kind === 'trouble' || undefined}>
        <AwaitApp verdict={verdict} appName={appName} address={address} issued={issued} recipe={recipe} />
      </div>
      <Group justify="flex-end">
        <Button variant="subtle" c="var(--lk-good)" onClick={onLeave}>
          {text.connect.skipWaiting}
        </Button>
      </Group>
    </Stack>
  )
}

function PasteThis({ handover: { recipe, issued }, address }: { handover: Handover; address: string }) {
  const inAddress = hasKeyInAddress(RECIPES[recipe].address)
  return (
    <Card>
      <Stack>
        <Callout kind="wait" title={text.connect.onceTitle}>
          <Text>{inAddress ? text.connect.inUrlWarning : text.connect.onceText}</Text>
        </Callout>
        <CopyField
          label={inAddress ? text.connect.addressWithKey : text.connect.address}
          value={address}
          primary={inAddress}
        />
        {!inAddress && <CopyField label={text.connect.key} value={issued.secret} primary />}
      </Stack>
    </Card>
  )
}
