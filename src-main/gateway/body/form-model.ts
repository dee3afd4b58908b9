import { isUtf8 } from 'node:buffer'
import type { Refusal } from '#shared/gateway/decisions.ts'
import { LONGEST_MODEL } from '#shared/records/recorded-text.ts'
import { type FormPart, formBoundary, splitForm } from './form-parts.ts'
import { type JudgedModels, MODEL_TOO_LONG } from './judged-models.ts'

/** UTF-8 has at most three bytes for each UTF-16 code unit. */
const LONGEST_BYTES = LONGEST_MODEL * 3

/**
 * The model that a `multipart/form-data` body names in its field `model`; empty when there is none. Fails closed:
 * whatever two parsers could read in two ways is `bad_body`, and two such fields are `ambiguous_model`. Ollama (Go's
 * Request.FormValue) lets `?model=` in the query win over the form: the caller has to refuse that.
 */
export function judgeFormModels(body: Buffer, contentType: string): JudgedModels | Refusal {
  const boundary = formBoundary(contentType)
  if (boundary === undefined) return badForm('not a form with a plain boundary')
  const parts = splitForm(body, boundary)
  if (parts === undefined) return badForm('the form is written in an unusual way')
  // Not every upstream minds the case of a field's name.
  const fields = parts.filter((part) => part.name.toLowerCase() === 'model')
  if (fields.length > 1) return { refused: 'ambiguous_model' }
  const [field] = fields
  if (field === undefined) return { models: [] }
  if (!field.isFile && field.value.length > LONGEST_BYTES) return MODEL_TOO_LONG
  const model = fieldText(field)
  if (model === undefined) return badForm('the name of the model is not a text')
  if (model.length > LONGEST_MODEL) return MODEL_TOO_LONG
  return { models: model === '' ? [] : [model] }
}

/** undefined for a file in the model's place, and for what is no sane name. */
function fieldText(field: FormPart): string | undefined {
  if (field.isFile || !isUtf8(field.value)) return undefined
  const text = field.value.toString()
  for (const letter of text) if (letter < ' ') return undefined
  return text
}

function badForm(detail: string): Refusal {
  return { refused: 'bad_body', detail }
}
