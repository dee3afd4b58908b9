/**
 * The meaning of a body field for the model rules of a key.
 * - `model`: names a model, which the key's list judges.
 * - `parts`: adds a model by its files, without its name. Never allowed for a key with a list of models.
 * - `remote`: makes the new model run on another computer, under any name.
 * - `harmless`: neither.
 */
export type FieldMeaning = 'model' | 'parts' | 'remote' | 'harmless'

/** Every field that a route reads, by lower-case name. All other fields are unknown. */
export type FieldTable = Readonly<Record<string, FieldMeaning>>

/*
 * Source: Ollama's api/types.go (CreateRequest, PullRequest, PushRequest, ShowRequest, CopyRequest, DeleteRequest) and
 * its handlers in server/create.go and server/routes.go at commit fb30760996871fa9460115c753afd2c60d4ab0f7 (August 2026);
 * fields of older versions are marked.
 */

// Some clients always send it; only routes that report progress read it.
const STREAM = { stream: 'harmless' } as const satisfies FieldTable
/** Older clients send `name`. */
const NAMES = { model: 'model', name: 'model', ...STREAM } as const satisfies FieldTable

const TRANSFER_FIELDS: FieldTable = {
  ...NAMES,
  // Allows plain HTTP. The registry is part of the model's name, which the list checks.
  insecure: 'harmless',
  // Ignored by the server since 2024.
  username: 'harmless',
  password: 'harmless',
}

export const PULL_FIELDS = TRANSFER_FIELDS
export const PUSH_FIELDS = TRANSFER_FIELDS
export const DELETE_FIELDS: FieldTable = NAMES
export const COPY_FIELDS: FieldTable = { source: 'model', destination: 'model', ...STREAM }

export const SHOW_FIELDS: FieldTable = {
  ...NAMES,
  // Returned in the answer's `modelfile` and not stored.
  system: 'harmless',
  template: 'harmless',
  verbose: 'harmless',
  options: 'harmless',
}

export const CREATE_FIELDS: FieldTable = {
  ...NAMES,
  from: 'model',
  // Digests of blobs on the upstream, of any model. A draft model is added in the same way.
  files: 'parts',
  draft_files: 'parts',
  adapters: 'parts',
  // Until January 2025 (v0.5.5): a Modelfile, or the path of one, with its own FROM and ADAPTER.
  modelfile: 'parts',
  path: 'parts',
  // With it, `from` is a model of that computer.
  remote_host: 'remote',
  template: 'harmless',
  license: 'harmless',
  system: 'harmless',
  // Options such as num_ctx; `draft_num_predict` is a number.
  parameters: 'harmless',
  messages: 'harmless',
  // Names of built-in renderers and parsers.
  renderer: 'harmless',
  parser: 'harmless',
  requires: 'harmless',
  // Family, sizes and capabilities to show.
  info: 'harmless',
  quantize: 'harmless',
  draft_quantize: 'harmless',
  // Until 2024, for `quantize`.
  quantization: 'harmless',
}

/** The fields of a table that name models. */
export function modelFieldsOf(table: FieldTable): string[] {
  return Object.keys(table).filter((field) => table[field] === 'model')
}
