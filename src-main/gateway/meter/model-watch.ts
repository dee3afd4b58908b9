import { JsonWatch } from './json-watch.ts'
import { watchTree } from './watch-tree.ts'

const MODEL = watchTree(['model'])

/** Reads the model out of a JSON request as it passes, for a record: an answer of some routes names none. Holds nothing else of it. */
export class ModelWatch {
  /** null as long as it has not been said. */
  model: string | null = null
  readonly #watch = new JsonWatch(MODEL, (found) => {
    const model = found === 'array' ? undefined : found.get('model')
    if (typeof model === 'string' && model !== '') this.model = model
  })

  write(piece: Buffer): void {
    this.#watch.write(piece, 0, piece.length)
  }
}
