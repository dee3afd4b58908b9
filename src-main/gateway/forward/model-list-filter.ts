import { z } from 'zod'
import { type ModelListShape, modelListAt } from '#shared/gateway/routes.ts'
import type { ExchangeContext } from '../exchange-context.ts'
import type { Access } from '../ports.ts'
import type { AnswerHead } from '../transport.ts'

const SHAPES: Readonly<Record<ModelListShape, { field: string; nameOf: (entry: unknown) => string | undefined }>> = {
  ollama: { field: 'models', nameOf: nameIn('model', 'name') },
  openai: { field: 'data', nameOf: nameIn('id') },
}
const LIMIT = 16 * 1024 * 1024

const listSchema = z.record(z.string(), z.unknown())

/**
 * Holds a list of models back until it is whole and gives the client the entries its key may use. A list that cannot
 * be understood is given as empty: better too little than a name too many.
 */
export class ModelListFilter {
  /** Of the answer that holds the list. */
  readonly head: AnswerHead
  readonly #shape: ModelListShape
  readonly #allows: (model: string) => boolean
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(head: AnswerHead, shape: ModelListShape, allows: (model: string) => boolean) {
    this.head = head
    this.#shape = shape
    this.#allows = allows
  }

  /** False: this is too long for a list of models, and none of it is kept. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.length
    if (this.#size > LIMIT) this.#pieces.length = 0
    else this.#pieces.push(chunk)
    return this.#size <= LIMIT
  }

  /** What the client gets. */
  filtered(): Buffer {
    return Buffer.from(JSON.stringify(this.#filter()))
  }

  #filter(): object {
    const list = SHAPES[this.#shape]
    const whole = parse(Buffer.concat(this.#pieces).toString('utf8'))
    const entries = Array.isArray(whole[list.field]) ? (whole[list.field] as unknown[]) : []
    const kept = entries.filter((entry) => {
      const name = list.nameOf(entry)
      return name !== undefined && this.#allows(name)
    })
    return { ...whole, [list.field]: kept }
  }
}

/** The filter of an answer that is a list of models, for a key that may not see all of them. */
export function listFilterFor(context: ExchangeContext, head: AnswerHead, access: Access): ModelListFilter | undefined {
  const { key, method, path } = context
  if (key === undefined || key.models === null || method === 'HEAD' || head.status >= 400) return undefined
  const shape = modelListAt(path)
  return shape && new ModelListFilter(head, shape, (model) => access.mayUseModel(key, model))
}

function parse(text: string): Record<string, unknown> {
  try {
    return listSchema.catch({}).parse(JSON.parse(text))
  } catch {
    return {}
  }
}

function nameIn(...fields: string[]): (entry: unknown) => string | undefined {
  return (entry) => {
    if (typeof entry !== 'object' || entry === null) return undefined
    const values = new Map(Object.entries(entry))
    for (const field of fields) {
      const value: unknown = values.get(field)
      if (typeof value === 'string') return value
    }
    return undefined
  }
}
