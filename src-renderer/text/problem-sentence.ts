import type { Problem } from '#shared/text/problem.ts'
import { problems, text } from './text.ts'
import { translatedProblem } from './translated-problem.ts'

/** What the core has to tell, in the person's language; in the core's own words where the console has none. */
export function problemSentence(problem: Problem): string {
  const translated = problems === null ? undefined : translatedProblem(problem, problems, text.changes.fields)
  return translated ?? problem.message
}
