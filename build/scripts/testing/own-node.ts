import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The Node of the checkout itself where this process runs on one: another user may not reach that of the original. */
export function nodeOf(root: string): string {
  const at = process.execPath.lastIndexOf('/node_modules/')
  const own = at < 0 ? process.execPath : join(root, process.execPath.slice(at))
  return existsSync(own) ? own : process.execPath
}
