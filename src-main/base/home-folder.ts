import { homedir } from 'node:os'

/** The user's home folder; undefined for a user without an entry, such as in some containers. */
export function homeOfUser(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}
