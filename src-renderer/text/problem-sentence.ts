import { type DamageReason, PROBLEM_PARTS, type Problem, type ProblemCode } from '#shared/text/problem.ts'
import type { Messages } from './generated/problems/messages.ts'
import { problems, text } from './text.ts'

/** What the core has to tell, in the person's language; in the core's own words where the console has none. */
export function problemSentence({ code, message, parts }: Problem): string {
  if (problems === null || !isKnown(code)) return message
  // A core of another version may leave out what this sentence mentions.
  if (PROBLEM_PARTS[code].some((part) => parts[part] === undefined)) return message
  return sentenceIn(problems, code, parts)
}

type Parts = Problem['parts']

function sentenceIn(problems: Messages, code: ProblemCode, parts: Parts): string {
  if (code === 'store_recovered') return recovered(problems.store_recovered, parts)
  if (code === 'backup_restored') return restored(problems.backup_restored, parts)
  const sentence: string | ((given: never) => string) = problems[code]
  return typeof sentence === 'string'
    ? sentence
    : (sentence as (given: object) => string)(givenOf(problems, code, parts))
}

/** The parts as a message takes them: a field by the name that the pages have for it, a length as a number. */
function givenOf(problems: Messages, code: ProblemCode, parts: Parts): object {
  const { field, limit } = parts
  return {
    ...parts,
    // What is unknown has no name but the one it came with.
    ...(field === undefined || code === 'input_unknown' ? {} : { field: fieldName(problems, field) }),
    ...(limit === undefined || !/_(?:short|long|few|many)$/.test(code) ? {} : { limit: Number(limit) }),
  }
}

function fieldName(problems: Messages, field: string): string {
  if (field === '') return problems.input
  const names: Readonly<Record<string, string>> = text.changes.fields
  return problems.named({ name: names[field.split('.')[0] ?? ''] ?? field })
}

function recovered(sentences: Messages['store_recovered'], parts: Parts): string {
  const kept = parts['kept'] ?? ''
  const [keys, secrets] = [Number(parts['keys']), Number(parts['secrets'])]
  const [sites, requests] = [Number(parts['sites']), Number(parts['requests'])]
  const found = keys === 0 || secrets === 0 ? sentences.none : sentences.some({ keys, sites, requests })
  return joined(
    // One that a later version has is none of the choices, and shown as it is.
    sentences.opening({ why: parts['why'] as DamageReason }),
    found,
    keys > secrets && secrets > 0 ? sentences.secretsLost : '',
    kept === '' ? '' : sentences.oldFile({ kept }),
  )
}

function restored(sentences: Messages['backup_restored'], { kept = '' }: Parts): string {
  return joined(sentences.inPlace, kept === '' ? '' : sentences.oldFile({ kept }))
}

function joined(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_PARTS, code)
}
