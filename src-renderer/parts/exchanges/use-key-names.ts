import { useDeletedKeys, useKeys } from '../../api/queries.ts'
import { text } from '../../text/text.ts'

/** A space instead of a name that has not been loaded. */
const NOT_YET = '\u00a0'

/** The name of an exchange's key, even if the key has been deleted. */
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
