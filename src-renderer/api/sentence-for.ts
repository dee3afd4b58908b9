import { InvalidInput } from '#shared/text/input-sentence.ts'
import { problemSentence } from '../text/problem-sentence.ts'
import { text } from '../text/text.ts'
import { ApiError } from './client.ts'

/** What to tell the person about something that failed. */
export function sentenceFor(error: unknown): string {
  const said = error instanceof ApiError || error instanceof InvalidInput
  return said ? problemSentence(error.problem) : text.shell.notAnswering
}
