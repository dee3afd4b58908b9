import { ActionIcon, useComputedColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { call } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { text } from '../text/text.ts'
import classes from './shell.module.css'

/** Switches between light and dark. The settings also offer to follow the computer. */
export function ThemeButton() {
  const dark = useComputedColorScheme('light') === 'dark'
  const choose = useAction(() => call('PATCH /api/settings', { theme: dark ? 'light' : 'dark' }))
  const Icon = dark ? IconSun : IconMoon
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      className={classes.theme}
      aria-label={dark ? text.shell.toLight : text.shell.toDark}
      onClick={() => void choose.run()}
    >
      <Icon size="1.2rem" stroke={1.7} />
    </ActionIcon>
  )
}
