import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { Card } from '../../parts/layout/card.tsx'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { AppList } from './app-list.tsx'
import classes from './connect.module.css'
import type { MadeKey } from './made-key.ts'

interface ChooseAppProps {
  /** Chosen beforehand, by a link. */
  asked: RecipeId | null
  onBack: () => void
  onMade: (made: MadeKey) => void
}

/** Steps 2 and 3: which app, and its key. */
export function ChooseApp({ asked, onBack, onMade }: ChooseAppProps) {
  const [recipe, setRecipe] = useState<RecipeId | null>(asked)
  const [typedName, setTypedName] = useState<string | null>(null)
  const make = useAction((input: NewKeyInput) => call('POST /api/keys', { ...input, via: 'pairing' }))
  const name = typedName ?? (recipe === null ? '' : RECIPES[recipe].name)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (recipe === null) return
    const { scopes, address, link = null } = RECIPES[recipe]
    const issued = await make.run({ name, scopes: [...scopes], allowInUrl: hasKeyInAddress(address), app: link })
    if (issued !== undefined) onMade({ recipe, issued })
  }

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack>
        <Card>
          <Title order={2} mb="md">
            {text.connect.chooseApp}
          </Title>
          <AppList value={recipe} onChange={setRecipe} />
        </Card>
        <div className={classes.chosen}>
          {make.problem !== null && <Callout kind="bad" title={make.problem} mb="sm" />}
          {recipe !== null && <MayDo recipe={recipe} />}
          <Group gap="sm" align="end">
            <Button variant="default" size="md" onClick={onBack}>
              {text.connect.back}
            </Button>
            {recipe !== null && (
              <TextInput
                size="md"
                label={text.connect.nameLabel}
                value={name}
                maxLength={80}
                required
                flex={1}
                miw="10rem"
                onChange={(event) => setTypedName(event.currentTarget.value)}
              />
            )}
            <Button
              type="submit"
              size="md"
              ml="auto"
              disabled={recipe === null || name.trim() === ''}
              loading={make.busy}
            >
              {text.connect.makeKey}
            </Button>
          </Group>
        </div>
      </Stack>
    </form>
  )
}

function MayDo({ recipe }: { recipe: RecipeId }) {
  const scopes = formatList(RECIPES[recipe].scopes.map((scope) => text.words.scopes[scope]))
  return (
    <Text size="sm" c="dimmed" className={classes.mayDo}>
      {text.connect.mayDo({ scopes })}
    </Text>
  )
}
