import { PROBLEM_PARTS, type Problem, type ProblemCode } from '#shared/text/problem.ts'
import { text } from './text.ts'

/** What the core has to tell, in the person's language; in the core's own words where the console has none. */
export function problemSentence({ code, message, parts }: Problem): string {
  if (text.problems === null || !isKnown(code)) return message
  // A core of another version may leave out what this sentence mentions.
  if (PROBLEM_PARTS[code].some((part) => parts[part] === undefined)) return message
  return (text.problems[code] as (parts: Problem['parts']) => string)(parts)
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_PARTS, code)
}
