// sample upstream: canned answers, no model. Routes from Ollama's server/routes.go (GenerateRoutes).
import type { IncomingMessage } from 'node:http'
import { dialectOf } from '#shared/gateway/dialects.ts'
import { anthropicError, messages } from './anthropic-dialect.ts'
import type { GoObject } from './go-json.ts'
import { copy, create, remove, show, transfer } from './manage-models.ts'
import { chat, embed, embeddings, generate } from './ollama-dialect.ts'
import {
  chatCompletions,
  completions,
  listModels,
  modelCard,
  openAiEmbeddings,
  openAiError,
  transcriptions,
} from './openai-dialect.ts'
import { responses } from './responses-dialect.ts'
import { runningOf, type SampleModels, tagOf } from './sample-models.ts'
import { bodyOf, json, type SampleAnswer, SampleError, text } from './sample-request.ts'

/** Contains the word `sample`, by which Latchkey's console recognises that there is no Ollama behind the gateway. */
export const SAMPLE_VERSION = '0.0.0-sample'

const READS: Record<string, (models: SampleModels) => SampleAnswer> = {
  '/': () => text('Ollama is running'),
  '/api/version': () => json({ version: SAMPLE_VERSION }),
  '/api/status': () => json({ cloud: { disabled: true, source: 'sample' } }),
  '/api/tags': (models) => json({ models: models.names.map((name) => tagOf(name, models)) }),
  '/api/ps': (models) => json({ models: models.names.slice(0, 1).map((name) => runningOf(name, models)) }),
  '/v1/models': listModels,
}

const WRITES: Record<string, (body: GoObject, models: SampleModels) => SampleAnswer> = {
  'POST /api/chat': chat,
  'POST /api/generate': generate,
  'POST /api/embed': embed,
  'POST /api/embeddings': embeddings,
  'POST /api/show': show,
  'POST /api/pull': transfer,
  'POST /api/push': transfer,
  'POST /api/create': create,
  'POST /api/copy': copy,
  'DELETE /api/delete': remove,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/completions': completions,
  'POST /v1/embeddings': openAiEmbeddings,
  'POST /v1/responses': responses,
  'POST /v1/messages': messages,
}

/** The answer to one request, errors in the dialect of its route. */
export async function route(request: IncomingMessage, body: Buffer, models: SampleModels): Promise<SampleAnswer> {
  const path = pathOf(request.url ?? '/')
  try {
    return await answerOf(request, path, body, models)
  } catch (error) {
    return errorAnswer(path, error instanceof SampleError ? error : new SampleError(500, String(error)))
  }
}

// gin matches the DECODED path: `/api/%70ull` is `/api/pull` (it does not set UseRawPath).
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').split('?')[0] ?? ''
  try {
    return decodeURIComponent(path) || '/'
  } catch {
    return path
  }
}

async function answerOf(
  request: IncomingMessage,
  path: string,
  body: Buffer,
  models: SampleModels,
): Promise<SampleAnswer> {
  const method = request.method ?? 'GET'
  const read = READS[path]
  if (read !== undefined) return method === 'GET' || method === 'HEAD' ? read(models) : notAllowed()
  if (path.startsWith('/v1/models/')) return json(modelCard(models.find(path.slice('/v1/models/'.length))))
  if (path.startsWith('/api/blobs/')) return { status: method === 'HEAD' ? 404 : 201, body: '' }
  if (path === '/v1/audio/transcriptions') return transcriptions(body, request.headers['content-type'], models)
  const write = WRITES[`${method} ${path}`]
  if (write !== undefined) return write(bodyOf(body, request.headers['content-encoding']), models)
  return missing(path, method)
}

function missing(path: string, method: string): SampleAnswer {
  const known = (candidate: string) => Object.keys(WRITES).some((key) => key.endsWith(` ${candidate}`))
  if (known(path)) return notAllowed()
  const trimmed = path.replace(/\/$/, '')
  // gin's RedirectTrailingSlash. A proxy must not follow it around its own rules.
  if (trimmed !== path && (known(trimmed) || trimmed in READS)) {
    return { status: method === 'GET' ? 301 : 307, headers: { Location: trimmed }, body: '' }
  }
  return text('404 page not found', 404)
}

function notAllowed(): SampleAnswer {
  return text('405 method not allowed', 405)
}

function errorAnswer(path: string, error: SampleError): SampleAnswer {
  switch (dialectOf(path)) {
    case 'ollama':
    case 'oauth':
      return json({ error: error.message }, error.status)
    case 'openai':
      return openAiError(error)
    case 'anthropic':
      return anthropicError(error)
  }
}
