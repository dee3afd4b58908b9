import type { Key } from './key.ts'

/** Whether the person is being asked if a key may go online. In a file of its own: the first page needs no schemas. */
export function asksToGoOnline({ onlineQuestion }: Pick<Key, 'onlineQuestion'>): boolean {
  return onlineQuestion !== null && onlineQuestion !== 'answered'
}
