import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { isHandoverApp } from '#shared/handover/apps.ts'
import { useGatewayAddress } from '../../api/gateway-address.ts'
import { useAppState, useExchanges, useMe } from '../../api/queries.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { CopyField } from '../../parts/fields/copy-field.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { addressFor, hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES } from '../../recipes/recipes.ts'
import type { Given } from '../../recipes/step.ts'
import { appName as nameOf } from '../../recipes/step-text.ts'
import { text } from '../../text/text.ts'
import classes from './await-app.module.css'
import { AwaitApp } from './await-app.tsx'
import { Connected } from './connected.tsx'
import { FileHandover } from './file-handover/file-handover.tsx'
import { OpenApp } from './hand-over/open-app.tsx'
import { Steps } from './hand-over/steps.tsx'
import { ThreeTries } from './hand-over/three-tries.tsx'
import { fieldsOf, WhereToPaste } from './hand-over/where-to-paste.tsx'
import type { MadeKey } from './made-key.ts'
import { judge, type Verdict } from './verdict.ts'

/** The model name in the steps while the upstream has no model. */
const EXAMPLE_MODEL = 'llama3.2'

interface HandOverProps {
  made: MadeKey
  onConnected: () => void
  onAnother: () => void
  onLeave: () => void
}

/** Steps 3 and 4: how the key gets into the app, and whether it has worked. */
export function HandOver({ made, onConnected, onAnother, onLeave }: HandOverProps) {
  const { recipe, issued } = made
  const state = useAppState().data
  const gateway = useGatewayAddress()
  const exchanges = useExchanges().data ?? []
  const verdict: Verdict = state === undefined ? { kind: 'waiting' } : judge({ exchanges, key: issued, state })
  const address = addressFor(RECIPES[recipe].address, gateway, issued.secret)
  const appName = recipe === 'other' ? issued.name : nameOf(recipe)
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
  const given = { address, key: issued.secret, model: state?.upstream.models[0] ?? EXAMPLE_MODEL }
  return (
    <Stack>
      <Ways made={made} given={given} appName={appName} />
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

interface WaysProps {
  made: MadeKey
  given: Given
  appName: string
}

/** The recipe’s link, if any, then the values to copy with their fields. An app without a recipe gets ways to try. */
function Ways({ made, given, appName }: WaysProps) {
  const recipe = RECIPES[made.recipe]
  // Configuration files are on the computer with Latchkey.
  const ownsComputer = useMe().data?.role === 'owner'
  if (made.recipe === 'other') return <ThreeTries issued={made.issued} />
  const byHand = recipe.link === undefined ? text.connect.howTo : text.recipes.link.byHand
  return (
    <>
      {recipe.link !== undefined && <OpenApp app={recipe.link} recipe={recipe} secret={made.issued.secret} />}
      {ownsComputer && isHandoverApp(made.recipe) && <FileHandover app={made.recipe} issued={made.issued} />}
      <PasteThis made={made} given={given} />
      <Card title={byHand({ app: appName })}>
        <SimpleGrid cols={{ base: 1, sm: fieldsOf(recipe, given).length === 0 ? 1 : 2 }} spacing="xl">
          <Steps recipe={recipe} given={given} />
          <WhereToPaste appName={appName} recipe={recipe} given={given} />
        </SimpleGrid>
      </Card>
    </>
  )
}

function PasteThis({ made: { recipe }, given }: Pick<WaysProps, 'made' | 'given'>) {
  const { address, link } = RECIPES[recipe]
  const inAddress = hasKeyInAddress(address)
  const isMain = link === undefined
  return (
    <Card>
      <Stack>
        <Callout kind="wait" title={text.connect.onceTitle}>
          <Text>{inAddress ? text.connect.inUrlWarning : text.connect.onceText}</Text>
        </Callout>
        <CopyField
          label={inAddress ? text.connect.addressWithKey : text.connect.address}
          value={given.address}
          primary={inAddress && isMain}
        />
        {!inAddress && <CopyField label={text.connect.key} value={given.key} primary={isMain} />}
      </Stack>
    </Card>
  )
}
