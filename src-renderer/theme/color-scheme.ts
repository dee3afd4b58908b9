import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core'

/** The theme that the document brings along, so that the first paint is right before the settings are read. */
function chosenTheme(): MantineColorScheme {
  const given = document.documentElement.dataset['theme']
  return given === 'light' || given === 'dark' ? given : 'auto'
}

/** Each page has its own, and hears from the settings of a change made in another. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: chosenTheme,
  set(theme) {
    document.documentElement.dataset['theme'] = theme
  },
  clear() {
    delete document.documentElement.dataset['theme']
  },
  subscribe() {},
  unsubscribe() {},
}

/** Does before the first paint what Mantine's inline script would do: the console's policy forbids inline scripts. */
export function paintColorScheme(): void {
  const chosen = chosenTheme()
  const dark = chosen === 'dark' || (chosen === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}
