import type { Client, Database } from '../connection/database.ts'

/** About 4 MB. */
const MOST_CACHED = 20_000

/** Numbers of texts, valid until a text is forgotten anywhere: then the epoch of the database is another. */
interface Known {
  readonly epoch: number
  readonly ids: Map<string, number>
}

/** Texts that many exchanges share (models, sites, routes ...). Each is stored once and identified by a number from 1. */
export class Terms {
  readonly #database: Database
  #known: Known = { epoch: -1, ids: new Map() }
  /** A number never gets another text. */
  readonly #texts = new Map<number, string>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Gets the numbers of texts, and adds those that are new, outside of any transaction. The numbers are valid in a transaction
   * that holds the lock of usage and finds the same epoch.
   */
  async learn(texts: ReadonlySet<string>): Promise<number> {
    if (this.#known.ids.size + texts.size > MOST_CACHED) this.forget()
    if (this.#known.epoch < 0) this.#known = { epoch: await this.#readEpoch(), ids: new Map() }
    const { epoch, ids } = this.#known
    // Sorted, so that two gateways that add the same texts do not wait for each other.
    const unknown = [...texts].filter((text) => !ids.has(text)).sort()
    if (unknown.length > 0) for (const [text, id] of await this.#intern(unknown)) ids.set(text, id)
    return epoch
  }

  /** Of a text that was learned. */
  idOf(text: string): number {
    const id = this.#known.ids.get(text)
    if (id === undefined) throw new Error('a text of usage has no number')
    return id
  }

  /** Drops the numbers. Call it after any failure: a database that failed over may have lost the latest ones. */
  forget(): void {
    this.#known = { epoch: -1, ids: new Map() }
  }

  /** Always asks the database, because a text may have been forgotten. */
  async find(client: Client, texts: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await client.query<{ at: number; id: number }>(
      `SELECT at::int, id FROM unnest($1::text[]) WITH ORDINALITY AS asked (text, at) JOIN terms USING (text)`,
      [texts],
    )
    return new Map(rows.map(({ at, id }) => [texts[at - 1] ?? '', id]))
  }

  /** In the order of the numbers. undefined for 0, and for a text that is being forgotten. */
  async textsOf(client: Client, numbers: readonly number[]): Promise<(string | undefined)[]> {
    await this.load(client, numbers)
    return numbers.map((number) => this.textOf(number))
  }

  /** Reads the texts of some numbers, so that `textOf` knows them. */
  async load(client: Client, numbers: readonly number[]): Promise<void> {
    if (this.#texts.size + numbers.length > MOST_CACHED) this.#texts.clear()
    const unknown = [...new Set(numbers)].filter((number) => number > 0 && !this.#texts.has(number))
    if (unknown.length === 0) return
    const { rows } = await client.query<{ id: number; text: string }>(
      'SELECT id, text FROM terms WHERE id = ANY ($1::int[]) AND text IS NOT NULL',
      [unknown],
    )
    for (const { id, text } of rows) this.#texts.set(id, text)
  }

  textOf(id: number): string | undefined {
    return this.#texts.get(id)
  }

  async #readEpoch(): Promise<number> {
    const { rows } = await this.#database.query<{ epoch: number }>('SELECT epoch FROM usage_state')
    return rows[0]?.epoch ?? 0
  }

  /** Most texts exist, and an insert that finds one uses up a number, so it looks first. */
  async #intern(texts: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#database.use(async (client) => {
      const found = await this.find(client, texts)
      const missing = texts.filter((text) => !found.has(text))
      if (missing.length === 0) return found
      await client.query(
        'INSERT INTO terms (text) SELECT DISTINCT text FROM unnest($1::text[]) AS new (text) ORDER BY text ON CONFLICT DO NOTHING',
        [missing],
      )
      return this.find(client, texts)
    })
  }
}
