import { Stack, Text } from '@mantine/core'
import { useId, useState } from 'react'
import { OptionCards } from '../../parts/fields/option-cards.tsx'
import { SearchField } from '../../parts/fields/search-field.tsx'
import { foundApps, groupedApps } from '../../recipes/find-apps.ts'
import { RECIPES, type RecipeId } from '../../recipes/recipes.ts'
import { appName } from '../../recipes/step-text.ts'
import { text } from '../../text/text.ts'
import { AppIcon } from './app-icon.tsx'
import classes from './choose-app.module.css'

interface AppListProps {
  value: RecipeId | null
  onChange: (recipe: RecipeId) => void
}

/** Every app as one group of radio buttons, which can be searched. The entry for other apps is always in sight. */
export function AppList({ value, onChange }: AppListProps) {
  const [search, setSearch] = useState('')
  const found = search.trim() === '' ? null : foundApps(search, (kind) => text.recipes.kinds[kind])
  return (
    <Stack gap="md">
      <SearchField label={text.recipes.search} value={search} onChange={setSearch} />
      <Text role="status" size="sm" c="dimmed" className={classes.found}>
        {found !== null && resultOf(found.length, search.trim())}
      </Text>
      {found === null
        ? groupedApps().map(({ group, apps }) => (
            <Apps key={group} title={text.recipes.groups[group]} apps={apps} value={value} onChange={onChange} />
          ))
        : found.length > 0 && (
            <Apps title={text.connect.chooseApp} isUntitled apps={found} value={value} onChange={onChange} />
          )}
      <Apps title={text.recipes.other} isUntitled apps={['other']} value={value} onChange={onChange} />
    </Stack>
  )
}

function resultOf(count: number, search: string): string {
  return count === 0 ? text.recipes.nothingFound({ search }) : text.recipes.found({ count })
}

interface AppsProps extends AppListProps {
  title: string
  /** Whether the title is only read out. */
  isUntitled?: boolean
  apps: readonly RecipeId[]
}

function Apps({ title, isUntitled, apps, value, onChange }: AppsProps) {
  const name = useId()
  return (
    <section className={classes.apps}>
      {isUntitled !== true && (
        <Text component="h3" size="sm" fw={600} c="dimmed" mb="xs">
          {title}
        </Text>
      )}
      <OptionCards
        label={title}
        name={name}
        options={apps.map(optionOf)}
        value={value}
        onChange={onChange}
        minWidth="12.5rem"
      />
    </section>
  )
}

function optionOf(id: RecipeId) {
  return {
    value: id,
    title: appName(id),
    icon: (
      <span className={classes.tile}>
        <AppIcon kind={RECIPES[id].kind} size="1.2rem" />
      </span>
    ),
  }
}
