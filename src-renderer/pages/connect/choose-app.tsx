import { Button, Group, Text, TextInput } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { NewKeyInput } from '#shared/keys/key.ts'
import { call } from '../../api/client.ts'
import { useMe } from '../../api/queries.ts'
import { useAction } from '../../api/use-action.ts'
import { Callout } from '../../parts/feedback/callout.tsx'
import { hasKeyInAddress } from '../../recipes/address.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { formatList } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import classes from './choose-app.module.css'
import { type ChooseAppProps, ChooseForm } from './choose-form.tsx'

// Only for guests.
const UseGivenKey = lazy(async () => ({ default: (await import('./use-given-key.tsx')).UseGivenKey }))

/** Steps 2 and 3: which app, and its key. A guest makes no keys, and uses the one they were given. */
export function ChooseApp(props: ChooseAppProps) {
  if (useMe().data?.role !== 'guest') return <MakeNewKey {...props} />
  return (
    <Suspense>
      <UseGivenKey {...props} />
    </Suspense>
  )
}

function MakeNewKey({ asked, onBack, onMade }: ChooseAppProps) {
  const [recipe, setRecipe] = useState<RecipeId | null>(asked)
  const [typedName, setTypedName] = useState<string | null>(null)
  const person = useMe().data?.id
  const make = useAction((input: NewKeyInput) => call('POST /api/keys', { ...input, via: 'pairing' }))
  const name = typedName ?? (recipe === null ? '' : RECIPES[recipe].name)

  async function submit() {
    if (recipe === null) return
    const { scopes, address, link = null } = RECIPES[recipe]
    const issued = await make.run({
      name,
      scopes: [...scopes],
      allowInUrl: hasKeyInAddress(address),
      app: link,
      ...(person === undefined ? {} : { person }),
    })
    if (issued !== undefined) onMade({ recipe, issued })
  }

  return (
    <ChooseForm recipe={recipe} onRecipe={setRecipe} onSubmit={() => void submit()}>
      {make.problem !== null && <Callout kind="bad" title={make.problem} mb="sm" />}
      {recipe !== null && <MayDo recipe={recipe} />}
      <Group gap="sm" align="end">
        <Button variant="default" size="md" onClick={onBack}>
          {text.connect.back}
        </Button>
        {recipe !== null && <KeyName value={name} onChange={setTypedName} />}
        <MakeKey disabled={recipe === null || name.trim() === ''} loading={make.busy} />
      </Group>
    </ChooseForm>
  )
}

function KeyName({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  return (
    <TextInput
      size="md"
      label={text.connect.nameLabel}
      value={value}
      maxLength={80}
      required
      flex={1}
      miw="10rem"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function MakeKey(props: { disabled: boolean; loading: boolean }) {
  return (
    <Button type="submit" size="md" ml="auto" {...props}>
      {text.connect.makeKey}
    </Button>
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
