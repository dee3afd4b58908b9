import type { UseOf } from '#shared/usage/sum-rows.ts'
import type { Traces } from '../ports.ts'

/** The text whose usage is meant, and what kind of text it is. */
export function useOf(whose: Traces): { readonly by: UseOf['by']; readonly text: string } {
  return 'keyId' in whose ? { by: 'key', text: whose.keyId } : { by: 'origin', text: whose.origin }
}
