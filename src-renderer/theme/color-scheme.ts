import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core'
import { ownChoice } from './own-choices.ts'

/** The theme of this browser or in the document, so that the first paint is right before the settings are loaded. */
export function chosenTheme(): MantineColorScheme {
  const given = ownChoice('theme') ?? document.documentElement.dataset['theme']
  return given === 'light' || given === 'dark' ? given : 'auto'
}

/** Keeps the theme in the document. Changes from other pages arrive with the settings. */
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

/**
 * Sets the colours before the first paint. Replaces Mantine's inline script, which the content security policy forbids.
 */
export function paintColorScheme(): void {
  const chosen = chosenTheme()
  const dark = chosen === 'dark' || (chosen === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}
