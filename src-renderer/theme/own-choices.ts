type Choice = 'theme' | 'language'

const keptAs = (choice: Choice) => `latchkey-own-${choice}`

/**
 * What somebody who may not change the settings has chosen for this browser; null for nothing. For operators the
 * settings count.
 */
export function ownChoice(choice: Choice): string | null {
  try {
    return localStorage.getItem(keptAs(choice))
  } catch {
    // The browser keeps nothing.
    return null
  }
}

/** null forgets the choice. */
export function keepOwnChoice(choice: Choice, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(keptAs(choice))
    else localStorage.setItem(keptAs(choice), value)
  } catch {
    // It lasts until the page is loaded again.
  }
}
