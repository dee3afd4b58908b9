import type { Refusal } from '#shared/gateway/decisions.ts'
import { MAX_MODEL_LENGTH } from '#shared/records/recorded-text.ts'
import type { FieldTable } from '#shared/upstreams/manage-fields.ts'
import { decodeString, type JsonMember, readMembers } from './json-members.ts'

/** The models that a request's body names; empty if it names none. */
export interface JudgedModels {
  readonly models: readonly string[]
}

/** A name is checked, recorded and shown, so it must not have megabytes. */
export const MODEL_TOO_LONG: Refusal = { refused: 'model_too_long', detail: `at most ${MAX_MODEL_LENGTH} characters` }

const QUOTE = 0x22
// `\u0061` is the longest spelling of a character; plus the quotes.
export const LONGEST_WRITTEN = MAX_MODEL_LENGTH * 6 + 2

const BY_PARTS: Refusal = {
  refused: 'model_not_allowed',
  detail: ', because the request has a field that can add another model',
}
const BY_UNKNOWN: Refusal = {
  refused: 'model_not_allowed',
  detail: ', because the request has a field that Latchkey does not know',
}

/**
 * The models that a JSON body names in `fields` (lower case), as the upstream will read them. Go's decoder uses the
 * LAST of duplicate names and ignores case; other decoders use the first. So two names that fold to one field are
 * `ambiguous_model`, and a body that a strict parser rejects is `bad_body`. Like in Ollama, `null` and the empty string
 * are no model. If the route's fields are all known, an unknown field and a field that can add a model without its name
 * are `model_not_allowed`. Too long a name is `model_too_long`.
 */
export function judgeModels(body: Buffer, fields: readonly string[], known?: FieldTable): JudgedModels | Refusal {
  const read = readMembers(body)
  if ('problem' in read) return { refused: 'bad_body', detail: read.problem }
  const refusal = known === undefined ? undefined : refusalByFields(read.members, known)
  if (refusal !== undefined) return refusal
  const models: string[] = []
  for (const field of fields) {
    const named = read.members.filter((member) => member.folded === field)
    if (named.length > 1) return { refused: 'ambiguous_model' }
    const [member] = named
    if (member !== undefined && member.valueEnd - member.valueStart > LONGEST_WRITTEN) return notAName(body, member)
    const model = member === undefined ? null : stringValue(body, member)
    if (model === undefined) return NOT_A_TEXT
    if (model !== null && model.length > MAX_MODEL_LENGTH) return MODEL_TOO_LONG
    if (model) models.push(model)
  }
  return { models }
}

/** Does not name the field, because the request chose it. */
function refusalByFields(members: readonly JsonMember[], known: FieldTable): Refusal | undefined {
  const meanings = members.map(({ folded }) => (Object.hasOwn(known, folded) ? known[folded] : undefined))
  if (meanings.some((meaning) => meaning === 'parts' || meaning === 'remote')) return BY_PARTS
  return meanings.includes(undefined) ? BY_UNKNOWN : undefined
}

const NOT_A_TEXT: Refusal = { refused: 'bad_body', detail: 'its model name is not a string' }

/** The refusal for a value that is too long for a name, without decoding it. */
function notAName(body: Buffer, { valueStart }: JsonMember): Refusal {
  return body[valueStart] === QUOTE ? MODEL_TOO_LONG : NOT_A_TEXT
}

/** null for JSON's null; undefined for anything that is neither null nor a string. */
function stringValue(body: Buffer, member: JsonMember): string | null | undefined {
  const first = body[member.valueStart]
  if (first === QUOTE) return decodeString(body, member.valueStart, member.valueEnd)
  return first === 0x6e ? null : undefined
}
