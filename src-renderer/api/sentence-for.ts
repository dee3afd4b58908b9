import { InvalidInput } from '#shared/text/input-sentence.ts'
import { problemSentence } from '../text/problem-sentence.ts'
import { text } from '../text/text.ts'
import { ApiError } from './client.ts'

/** The sentence for the person about an error. */
export function sentenceFor(error: unknown): string {
  const said = error instanceof ApiError || error instanceof InvalidInput
  return said ? problemSentence(error.problem) : text.shell.notAnswering
}
