import { Stack, Title } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { Card } from '../../parts/layout/card.tsx'
import type { RecipeId } from '../../recipes/recipes.ts'
import { text } from '../../text/text.ts'
import { AppList } from './app-list.tsx'
import classes from './choose-app.module.css'
import type { MadeKey } from './made-key.ts'

/** The step that chooses an app, for those who make a key and for those who have one. */
export interface ChooseAppProps {
  /** Chosen beforehand, by a link. */
  asked: RecipeId | null
  onBack: () => void
  onMade: (made: MadeKey) => void
}

interface ChooseFormProps {
  recipe: RecipeId | null
  onRecipe: (recipe: RecipeId) => void
  onSubmit: () => void
  /** The bar that stays in sight below the list. */
  children: ReactNode
}

/** The list of apps, and what follows once one is chosen. */
export function ChooseForm({ recipe, onRecipe, onSubmit, children }: ChooseFormProps) {
  function submit(event: FormEvent) {
    event.preventDefault()
    onSubmit()
  }

  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Card>
          <Title order={2} mb="md">
            {text.connect.chooseApp}
          </Title>
          <AppList value={recipe} onChange={onRecipe} />
        </Card>
        <div className={classes.chosen}>{children}</div>
      </Stack>
    </form>
  )
}
