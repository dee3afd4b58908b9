// sample upstream: canned answers, no model.
import { createHash } from 'node:crypto'
import { SampleError } from './sample-request.ts'

export const SAMPLE_MODELS: readonly string[] = ['sample-small:latest', 'sample-large:7b', 'sample-embed:latest']

const MODIFIED_AT = '2026-01-01T00:00:00Z'
export const MODIFIED_AT_UNIX = Date.parse(MODIFIED_AT) / 1000

/** The model names of an instance; `llama3` finds `llama3:latest`, like in Ollama. */
export class SampleModels {
  readonly names: readonly string[]
  /** Models that Ollama would run in its cloud. */
  readonly remote: ReadonlySet<string>

  constructor(names: readonly string[], remote: readonly string[] = []) {
    this.names = [...names, ...remote]
    this.remote = new Set(remote)
  }

  /** Throws a SampleError: 400 without a name, 404 for an unknown model. */
  find(asked: unknown): string {
    if (typeof asked !== 'string' || asked === '') throw new SampleError(400, 'model is required')
    const full = asked.includes(':') ? asked : `${asked}:latest`
    const found = this.names.find((name) => name.toLowerCase() === full.toLowerCase())
    if (found === undefined) throw new SampleError(404, `model "${asked}" not found`)
    return found
  }
}

const DETAILS = {
  parent_model: '',
  format: 'gguf',
  family: 'sample',
  families: ['sample'],
  parameter_size: '0B',
  quantization_level: 'none',
}

export function tagOf(name: string, models: SampleModels): object {
  return {
    name,
    model: name,
    ...remoteOf(name, models),
    modified_at: MODIFIED_AT,
    size: 1_048_576,
    digest: createHash('sha256').update(name).digest('hex'),
    details: DETAILS,
  }
}

export function runningOf(name: string, models: SampleModels): object {
  return { ...tagOf(name, models), expires_at: '2318-01-01T00:00:00Z', size_vram: 0, context_length: 4096 }
}

export function cardOf(name: string, models: SampleModels): object {
  return {
    ...remoteOf(name, models),
    license: 'Sample upstream: canned answers, no model.',
    modelfile: `FROM ${name}\n`,
    template: '{{ .Prompt }}',
    details: DETAILS,
    model_info: { 'general.architecture': 'sample', 'sample.context_length': 4096 },
    capabilities: name.includes('embed') ? ['embedding'] : ['completion'],
    modified_at: MODIFIED_AT,
  }
}

/** Ollama's fields for a model that is only a name for a remote one (types/model/config.go). */
function remoteOf(name: string, models: SampleModels): object {
  return models.remote.has(name) ? { remote_model: name.split(':')[0], remote_host: 'https://ollama.com:443' } : {}
}
