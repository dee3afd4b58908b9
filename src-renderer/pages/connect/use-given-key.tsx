import { Button, Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import type { Key } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useKeys } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { QueryGate } from '../../parts/feedback/query-gate.tsx'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { peopleText } from '../../text/people-text.ts'
import { text } from '../../text/text.ts'
import { type ChooseAppProps, ChooseForm } from './choose-form.tsx'

/** How long an app that already has the key goes on with its old characters. */
const GRACE_MS = 86_400_000

/** Gives an app the key that a guest was given. Nobody has its secret, so it gets a new one. */
export function UseGivenKey(props: ChooseAppProps) {
  return (
    <QueryGate query={useKeys()}>
      {([first, ...others]) =>
        first === undefined ? (
          <Callout kind="wait" title={peopleText.account.noKey} />
        ) : (
          <Choose keys={[first, ...others]} {...props} />
        )
      }
    </QueryGate>
  )
}

type Keys = readonly [Key, ...Key[]]

function Choose({ keys, asked, onBack, onMade }: ChooseAppProps & { keys: Keys }) {
  const [recipe, setRecipe] = useState<RecipeId | null>(asked)
  const [chosen, setChosen] = useState(keys[0].id)
  const given = keys.find(({ id }) => id === chosen) ?? keys[0]
  const isPossible = recipe === null || given.allowInUrl || !hasKeyInAddress(RECIPES[recipe].address)
  const renew = useAction(() =>
    call('POST /api/keys/:id/rotate', { graceMs: given.lastUsedAt === null ? 0 : GRACE_MS }, given.id),
  )

  async function submit() {
    if (recipe === null || !isPossible) return
    const issued = await renew.run()
    if (issued !== undefined) onMade({ recipe, issued })
  }

  return (
    <ChooseForm recipe={recipe} onRecipe={setRecipe} onSubmit={() => void submit()}>
      {renew.problem !== null && <Callout kind="bad" title={renew.problem} mb="sm" />}
      <Text size="sm" c="dimmed" mb="sm">
        {sentenceOn(given, isPossible)}
      </Text>
      <Group gap="sm" align="end">
        <Button variant="default" size="md" onClick={onBack}>
          {text.connect.back}
        </Button>
        {keys.length > 1 && (
          <NativeSelect
            size="md"
            label={peopleText.account.givenKey}
            data={keys.map(({ id, name }) => ({ value: id, label: name }))}
            value={given.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <Button type="submit" size="md" ml="auto" disabled={recipe === null || !isPossible} loading={renew.busy}>
          {peopleText.given.show}
        </Button>
      </Group>
    </ChooseForm>
  )
}

function sentenceOn({ lastUsedAt }: Key, isPossible: boolean): string {
  if (!isPossible) return peopleText.given.notInAddress
  return lastUsedAt === null ? peopleText.given.first : peopleText.given.again
}
