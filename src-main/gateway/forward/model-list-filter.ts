import { z } from 'zod'
import type { ModelListShape } from '#shared/gateway/routes.ts'

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
  readonly #shape: ModelListShape
  readonly #allows: (model: string) => boolean
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(shape: ModelListShape, allows: (model: string) => boolean) {
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
