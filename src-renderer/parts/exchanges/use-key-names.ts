import { useDeletedKeys, useKeys } from '../../api/queries.ts'
import { text } from '../../text/text.ts'

/** Holds the place of a name that has not been loaded. */
const NOT_YET = '\u00a0'

/** How the key of an exchange is called, also one that was deleted since. */
export function useKeyNames(): (keyId: string | null) => string {
  const keys = useKeys()
  const deleted = useDeletedKeys()
  return (keyId) => {
    if (keyId === null) return text.words.noKey
    const named = (key: { id: string }) => key.id === keyId
    const name = keys.data?.find(named)?.name
    if (name !== undefined) return name
    if (keys.isPending || deleted.isPending) return NOT_YET
    const former = deleted.data?.find(named)?.name
    return former === undefined ? text.words.deletedKey : text.words.deleted({ name: former })
  }
}
