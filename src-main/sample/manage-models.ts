// sample upstream: canned answers, no model. Answers the routes that change models, but changes nothing.
import { createHash } from 'node:crypto'
import type { GoObject } from './go-json.ts'
import { cardOf, type SampleModels } from './sample-models.ts'
import { json, ndjson, type SampleAnswer, SampleError } from './sample-request.ts'

const LAYER = `sha256:${createHash('sha256').update('sample layer').digest('hex')}`
const LAYER_BYTES = 1_048_576

/** POST /api/show */
export function show(body: GoObject, models: SampleModels): SampleAnswer {
  return json(cardOf(models.find(nameIn(body)), models))
}

/** POST /api/pull and /api/push: progress of a model that is transferred in four steps. */
export function transfer(body: GoObject): SampleAnswer {
  nameIn(body)
  return progress(body, [
    { status: 'pulling manifest' },
    ...[1, 2, 3, 4].map((quarter) => ({
      status: `pulling ${LAYER.slice(7, 19)}`,
      digest: LAYER,
      total: LAYER_BYTES,
      completed: (LAYER_BYTES / 4) * quarter,
    })),
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest' },
  ])
}

/** POST /api/create */
export function create(body: GoObject): SampleAnswer {
  nameIn(body)
  return progress(body, [{ status: 'reading model metadata' }, { status: 'writing manifest' }])
}

/** POST /api/copy */
export function copy(body: GoObject, models: SampleModels): SampleAnswer {
  models.find(body['source'])
  return { status: 200, body: '' }
}

/** DELETE /api/delete */
export function remove(body: GoObject, models: SampleModels): SampleAnswer {
  models.find(nameIn(body))
  return { status: 200, body: '' }
}

function progress(body: GoObject, steps: readonly object[]): SampleAnswer {
  const last = { status: 'success' }
  return body['stream'] === false ? json(last) : ndjson([...steps, last])
}

/** Older clients send `name`. */
function nameIn(body: GoObject): string {
  const name = body['model'] ?? body['name']
  if (typeof name !== 'string' || name === '') throw new SampleError(400, 'model is required')
  return name
}
