import { isUtf8 } from 'node:buffer'
import type { Refusal } from '#shared/gateway/decisions.ts'
import { MAX_MODEL_LENGTH } from '#shared/records/recorded-text.ts'
import { type FormPart, formBoundary, splitForm } from './form-parts.ts'
import { type JudgedModels, MODEL_TOO_LONG } from './judged-models.ts'

/** UTF-8 needs at most three bytes per UTF-16 code unit. */
const LONGEST_BYTES = MAX_MODEL_LENGTH * 3

/**
 * The model in the field `model` of a `multipart/form-data` body; empty if there is none. Fails closed: a body that two
 * parsers could read differently is `bad_body`, and two such fields are `ambiguous_model`. In Ollama (Go's
 * Request.FormValue) `?model=` in the query overrides the form, so the caller must refuse a query.
 */
export function judgeFormModels(body: Buffer, contentType: string): JudgedModels | Refusal {
  const boundary = formBoundary(contentType)
  if (boundary === undefined) return badForm('it is not a form with a plain boundary')
  const parts = splitForm(body, boundary)
  if (parts === undefined) return badForm('the form is written in an unusual way')
  // Some upstreams ignore the case of a field's name.
  const fields = parts.filter((part) => part.name.toLowerCase() === 'model')
  if (fields.length > 1) return { refused: 'ambiguous_model' }
  const [field] = fields
  if (field === undefined) return { models: [] }
  if (!field.isFile && field.value.length > LONGEST_BYTES) return MODEL_TOO_LONG
  const model = fieldText(field)
  if (model === undefined) return badForm('the name of the model is not a text')
  if (model.length > MAX_MODEL_LENGTH) return MODEL_TOO_LONG
  return { models: model === '' ? [] : [model] }
}

/** undefined if the field is a file or not a valid name. */
function fieldText(field: FormPart): string | undefined {
  if (field.isFile || !isUtf8(field.value)) return undefined
  const text = field.value.toString()
  for (const letter of text) if (letter < ' ') return undefined
  return text
}

function badForm(detail: string): Refusal {
  return { refused: 'bad_body', detail }
}
