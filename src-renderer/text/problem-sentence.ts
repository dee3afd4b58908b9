import type { Problem } from '#shared/text/problem.ts'
import { problems, text } from './text.ts'
import { translatedProblem } from './translated-problem.ts'

/**
 * The sentence for a problem of the core in the person's language, or the core's own sentence if there is no
 * translation.
 */
export function problemSentence(problem: Problem): string {
  const translated = problems === null ? undefined : translatedProblem(problem, problems, text.changes.fields)
  return translated ?? problem.message
}
