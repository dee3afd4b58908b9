import { useLocalStorage } from '@mantine/hooks'

/** The newest that are kept, so that the list stays short. */
const MOST_KEPT = 300

/** Hints that the person has dismissed in this browser, by a name of their own. */
export function useDismissed(list: 'expiring-keys' | 'unused-keys') {
  const [dismissed, setDismissed] = useLocalStorage<readonly string[]>({
    key: `latchkey-dismissed-${list}`,
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: (stored) => listIn(stored),
  })
  return {
    isDismissed: (hint: string) => dismissed.includes(hint),
    dismiss: (...hints: readonly string[]) => setDismissed((before) => [...before, ...hints].slice(-MOST_KEPT)),
  }
}

/** Empty for anything else than a list, which only a person can have written. */
function listIn(stored: string | undefined): readonly string[] {
  try {
    const list: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : []
  } catch {
    return []
  }
}
