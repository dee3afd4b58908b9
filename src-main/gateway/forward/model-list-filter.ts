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
 * Holds a model list back until it is complete, then gives the client the entries that its key may use. An unreadable
 * list becomes an empty one, because a list must never reveal a name that the key may not see.
 */
export class ModelListFilter {
  /** The head of the answer with the list. */
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

  /** Returns false if the answer is too long for a model list. It then keeps none of it. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.length
    if (this.#size > LIMIT) this.#pieces.length = 0
    else this.#pieces.push(chunk)
    return this.#size <= LIMIT
  }

  /** The list for the client. */
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

/** Creates the filter if the answer is a model list and the key may not see all models; else undefined. */
export function listFilterFor(context: ExchangeContext, head: AnswerHead, access: Access): ModelListFilter | undefined {
  const { key, bounds, method, path } = context
  if (key === undefined || bounds?.listsModels !== true || method === 'HEAD' || head.status >= 400) return undefined
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
