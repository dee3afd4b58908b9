import { text } from '../text/text.ts'
import { ApiError } from './client.ts'

/** What to tell the person about something that failed. */
export function sentenceFor(error: unknown): string {
  return error instanceof ApiError ? error.message : text.shell.notAnswering
}
