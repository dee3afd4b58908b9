import { statSync } from 'node:fs'

/** True if only its owner may read a file. Windows has no such mode; there the person's folders are private. */
export function isPrivateFile(path: string): boolean {
  return process.platform === 'win32' || (statSync(path).mode & 0o777) === 0o600
}
