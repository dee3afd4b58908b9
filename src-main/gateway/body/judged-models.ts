import type { Refusal } from '#shared/gateway/decisions.ts'
import { LONGEST_MODEL } from '#shared/records/recorded-text.ts'
import type { FieldTable } from '#shared/upstreams/manage-fields.ts'
import { decodeString, type JsonMember, readMembers } from './json-members.ts'

/** The models a request touches, as its body names them; empty when it names none. */
export interface JudgedModels {
  readonly models: readonly string[]
}

/** A name is judged, recorded and shown; none of this is worth doing with megabytes. */
export const MODEL_TOO_LONG: Refusal = { refused: 'model_too_long', detail: `at most ${LONGEST_MODEL} characters` }

const QUOTE = 0x22
// `\u0061` is the longest way to write a character; then the quotes.
export const LONGEST_WRITTEN = LONGEST_MODEL * 6 + 2

const BY_PARTS: Refusal = {
  refused: 'model_not_allowed',
  detail: ', because the request has a field that can bring in another model',
}
const BY_UNKNOWN: Refusal = {
  refused: 'model_not_allowed',
  detail: ', because the request has a field that Latchkey does not know',
}

/**
 * The models that a JSON body names in `fields` (lower case), as the upstream will see them. Go's decoder takes the
 * LAST of duplicate names and matches them without regard to case, and others take the first: so a body in which two
 * names fold to one field is `ambiguous_model`, and one that a strict parser refuses is `bad_body`. `null` and the
 * empty string are no model, as in Ollama. Where all fields of the route are known, a field behind which a model can
 * stand without its name, and one that is not known, is `model_not_allowed`; one with too long a name, `model_too_long`.
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
    if (model !== null && model.length > LONGEST_MODEL) return MODEL_TOO_LONG
    if (model) models.push(model)
  }
  return { models }
}

/** Never names the field: it comes from the request. */
function refusalByFields(members: readonly JsonMember[], known: FieldTable): Refusal | undefined {
  const meanings = members.map(({ folded }) => (Object.hasOwn(known, folded) ? known[folded] : undefined))
  if (meanings.some((meaning) => meaning === 'parts' || meaning === 'elsewhere')) return BY_PARTS
  return meanings.includes(undefined) ? BY_UNKNOWN : undefined
}

const NOT_A_TEXT: Refusal = { refused: 'bad_body', detail: 'the name of the model is not a text' }

/** Why a value that is longer than any name is none, without decoding it. */
function notAName(body: Buffer, { valueStart }: JsonMember): Refusal {
  return body[valueStart] === QUOTE ? MODEL_TOO_LONG : NOT_A_TEXT
}

/** null for JSON's null, undefined for anything that is neither that nor a string. */
function stringValue(body: Buffer, member: JsonMember): string | null | undefined {
  const first = body[member.valueStart]
  if (first === QUOTE) return decodeString(body, member.valueStart, member.valueEnd)
  return first === 0x6e ? null : undefined
}
