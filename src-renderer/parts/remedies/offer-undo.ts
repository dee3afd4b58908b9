import { showUndo } from '../feedback/toast.tsx'

/**
 * Offers to undo a change with a toast, except while the page shows the secret of a new key: that page reports the
 * change itself, where a toast would cover the report.
 */
export function offerUndo(secret: string | null, message: string, undo: () => Promise<unknown>): void {
  if (secret === null) showUndo(message, undo)
}
