import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { call } from '../api/client.ts'
import { useIsOperator } from '../api/queries.ts'
import { useAction } from '../api/use-action.ts'
import { text } from '../text/text.ts'
import { keepOwnChoice } from '../theme/own-choices.ts'

/** Switches between light and dark. The settings, or one's account, also offer to follow the computer. */
export function ThemeButton() {
  const dark = useComputedColorScheme('light') === 'dark'
  const isOperator = useIsOperator()
  const { setColorScheme } = useMantineColorScheme()
  const choose = useAction(async () => {
    const theme = dark ? 'light' : 'dark'
    if (isOperator) return void (await call('PATCH /api/settings', { theme }))
    keepOwnChoice('theme', theme)
    setColorScheme(theme)
  })
  const Icon = dark ? IconSun : IconMoon
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? text.shell.toLight : text.shell.toDark}
      onClick={() => void choose.run()}
    >
      <Icon size="1.2rem" stroke={1.7} />
    </ActionIcon>
  )
}
