import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { AppIcon } from './app-icon.tsx'
import classes from './connect.module.css'
import type { Handover } from './handover.ts'

const APPS = (Object.keys(RECIPES) as RecipeId[]).map((id) => ({
  value: id,
  title: text.recipes.apps[id].name,
  hint: text.recipes.kinds[RECIPES[id].kind],
  icon: (
    <span className={classes.tile}>
      <AppIcon kind={RECIPES[id].kind} size="1.3rem" />
    </span>
  ),
}))

interface ChooseAppProps {
  /** Chosen beforehand, by a link. */
  asked: RecipeId | null
  onBack: () => void
  onMade: (handover: Handover) => void
}

/** Steps 2 and 3: which app, and its key. */
export function ChooseApp({ asked, onBack, onMade }: ChooseAppProps) {
  const [recipe, setRecipe] = useState<RecipeId | null>(asked)
  const [typedName, setTypedName] = useState<string | null>(null)
  const make = useAction((input: NewKeyInput) => call('POST /api/keys', { ...input, via: 'pairing' }))
  const name = typedName ?? (recipe === null || recipe === 'other' ? '' : text.recipes.apps[recipe].name)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (recipe === null) return
    const { scopes, address } = RECIPES[recipe]
    const issued = await make.run({ name, scopes: [...scopes], allowInUrl: hasKeyInAddress(address) })
    if (issued !== undefined) onMade({ recipe, issued })
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack>
        <Card>
          <Title order={2} mb="md">
            {text.connect.chooseApp}
          </Title>
          <OptionCards
            label={text.connect.chooseApp}
            name="app"
            options={APPS}
            value={recipe}
            onChange={setRecipe}
            minWidth="14rem"
          />
        </Card>
        {recipe !== null && (
          <Card>
            <TextInput
              size="md"
              label={text.connect.nameLabel}
              description={text.connect.nameHint}
              value={name}
              maxLength={80}
              required
              onChange={(event) => setTypedName(event.currentTarget.value)}
            />
            <Text size="sm" c="dimmed" mt="sm">
              {text.connect.mayDo({
                scopes: formatList(RECIPES[recipe].scopes.map((scope) => text.words.scopes[scope])),
              })}
            </Text>
          </Card>
        )}
        {make.problem !== null && <Callout kind="bad" title={make.problem} />}
        <Group justify="space-between">
          <Button variant="default" size="md" onClick={onBack}>
            {text.connect.back}
          </Button>
          <Button type="submit" size="md" disabled={recipe === null || name.trim() === ''} loading={make.busy}>
            {text.connect.makeKey}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
