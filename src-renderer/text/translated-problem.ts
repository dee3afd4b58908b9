import { type DamageReason, PROBLEM_PARTS, type Problem, type ProblemCode } from '#shared/text/problem.ts'
import type { Messages } from './generated/problems/messages.ts'

type Parts = Problem['parts']
type FieldNames = Readonly<Record<string, string>>

/** The translated sentence of a problem; undefined for a problem that this version does not know. */
export function translatedProblem(
  { code, parts }: Pick<Problem, 'code' | 'parts'>,
  problems: Messages,
  fieldNames: FieldNames,
): string | undefined {
  if (!isKnown(code)) return undefined
  // A core of another version can omit a part that this sentence needs.
  if (PROBLEM_PARTS[code].some((part) => parts[part] === undefined)) return undefined
  if (code === 'store_recovered') return recovered(problems.store_recovered, parts)
  if (code === 'backup_restored') return restored(problems.backup_restored, parts)
  const sentence: string | ((given: never) => string) = problems[code]
  if (typeof sentence === 'string') return sentence
  return (sentence as (given: object) => string)(
    givenOf(code, parts, (field) => fieldName(field, problems, fieldNames)),
  )
}

/** The parts as arguments of a message: a field by its name in the pages, a length as a number. */
function givenOf(code: ProblemCode, parts: Parts, nameOf: (field: string) => string): object {
  const { field, limit } = parts
  return {
    ...parts,
    // An unknown field has no other name.
    ...(field === undefined || code === 'input_unknown' ? {} : { field: nameOf(field) }),
    ...(limit === undefined || !/_(?:short|long|few|many)$/.test(code) ? {} : { limit: Number(limit) }),
  }
}

function fieldName(field: string, problems: Messages, names: FieldNames): string {
  if (field === '') return problems.input
  return problems.named({ name: names[field.split('.')[0] ?? ''] ?? field })
}

function recovered(sentences: Messages['store_recovered'], parts: Parts): string {
  const kept = parts['kept'] ?? ''
  const [keys, secrets] = [Number(parts['keys']), Number(parts['secrets'])]
  const [sites, requests] = [Number(parts['sites']), Number(parts['requests'])]
  const noneFound = keys === 0 || secrets === 0
  return joined(
    // A reason from a later version is not among the choices and is shown as it is.
    sentences.opening({ why: parts['why'] as DamageReason }),
    noneFound ? sentences.none : sentences.some({ keys, sites, requests }),
    !noneFound && keys > secrets ? sentences.secretsLost : '',
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
