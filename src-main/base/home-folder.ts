import { homedir } from 'node:os'

/** undefined for a user without an entry, as in some containers. */
export function homeOfUser(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}
