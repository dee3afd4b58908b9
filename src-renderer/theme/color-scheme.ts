import { localStorageColorSchemeManager, type MantineColorScheme } from '@mantine/core'

const FALLBACK: MantineColorScheme = 'auto'

/** Remembers the theme between starts, so that the first paint is right before the settings are read. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'latchkey-theme' })

/** Does before the first paint what Mantine's inline script would do: the console's policy forbids inline scripts. */
export function paintColorScheme(): void {
  const chosen = colorSchemeManager.get(FALLBACK)
  const dark = chosen === 'dark' || (chosen === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}
