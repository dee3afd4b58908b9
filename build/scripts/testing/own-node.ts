import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The Node to start programs with in `root`, a copy of this checkout. If this process runs on the Node in `node_modules`, that
 * is the one in the copy, because the user of the copy may not be able to read the original.
 */
export function nodeOf(root: string): string {
  const at = process.execPath.lastIndexOf('/node_modules/')
  const own = at < 0 ? process.execPath : join(root, process.execPath.slice(at))
  return existsSync(own) ? own : process.execPath
}
