/** What a change of a field can take away; see the fields of keys and persons. */
export type Restricts = 'list' | 'scopes' | 'permission' | 'app' | 'person' | 'state' | null

/**
 * True if a change of a field takes something away, so that running requests may no longer be allowed. Errs on the safe
 * side: removing a list entry counts even if another entry covers it.
 */
export function takesAway(restricts: Restricts, before: unknown, after: unknown): boolean {
  switch (restricts) {
    case null:
      return false
    case 'permission':
      return before === true && after === false
    case 'app':
      return after !== null && after !== before
    case 'person':
      return after !== before
    case 'state':
      return before === 'active' && after !== 'active'
    case 'scopes':
      return !entriesOf(after)?.includes('all') && losesEntry(entriesOf(before), entriesOf(after))
    case 'list':
      return losesEntry(entriesOf(before), entriesOf(after))
  }
}

function entriesOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? (value as unknown[]) : null
}

/** null is a list that allows everything. */
function losesEntry(before: readonly unknown[] | null, after: readonly unknown[] | null): boolean {
  if (after === null) return false
  return before === null || before.some((entry) => !after.includes(entry))
}
