import type { Key } from './key.ts'

/**
 * True if a key waits for permission to go online. In its own file, so that the console's first page does not load zod.
 */
export function asksToGoOnline({ onlineQuestion }: Pick<Key, 'onlineQuestion'>): boolean {
  return onlineQuestion !== null && onlineQuestion !== 'answered'
}
