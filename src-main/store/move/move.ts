import { PersonError } from '#shared/text/person-error.ts'
import { type Columns, MOVED_TABLES, type MovedTable, type Side } from './moved-tables.ts'

export interface MoveOptions {
  readonly source: Side
  /** Within a transaction, which the caller commits. */
  readonly target: Side
  /** Called after each batch. */
  readonly onProgress: (progress: { readonly table: MovedTable; readonly moved: number; readonly rows: number }) => void
}

/** The number of rows of each table. */
export type Moved = Readonly<Record<MovedTable, number>>

/**
 * Copies everything into an empty store, and compares both. Rejects with a PersonError if the target is not empty, or if the copy
 * is not the same. The caller then takes back the target's transaction.
 */
export async function moveRows({ source, target, onProgress }: MoveOptions): Promise<Moved> {
  if (!(await target.isEmpty())) throw notEmpty()
  await target.clear()
  const moved: Partial<Record<MovedTable, number>> = {}
  for (const table of MOVED_TABLES) {
    const columns = await columnsOf(table, source, target)
    const { rows = 0 } = await source.figures(table, columns)
    moved[table] = 0
    for await (const batch of source.rows(table, [...columns.keys()])) {
      await target.insert(table, [...columns.keys()], batch)
      moved[table] += batch.length
      onProgress({ table, moved: moved[table], rows })
    }
    await compare(table, columns, source, target)
  }
  if (JSON.stringify(await source.totals()) !== JSON.stringify(await target.totals())) throw notTheSame('usage')
  await target.goOn()
  // One entry for each table was added above.
  return moved as Moved
}

/** A column that only one of the stores has would be lost without notice. */
async function columnsOf(table: MovedTable, source: Side, target: Side): Promise<Columns> {
  const [from, to] = [await source.columns(table), await target.columns(table)]
  const differing = [...from.keys(), ...to.keys()].filter((name) => !from.has(name) || !to.has(name))
  if (differing.length > 0) throw new Error(`the stores differ in ${table}: ${differing.join(', ')}`)
  return from
}

async function compare(table: MovedTable, columns: Columns, source: Side, target: Side): Promise<void> {
  const [there, here] = [await source.figures(table, columns), await target.figures(table, columns)]
  for (const [name, figure] of Object.entries(there)) if (here[name] !== figure) throw notTheSame(`${table}.${name}`)
}

function notEmpty(): PersonError {
  const sentence = 'There is data already where you want to move to, so nothing was moved. Choose an empty one.'
  return new PersonError('move_not_empty', sentence)
}

function notTheSame(what: string): PersonError {
  const sentence = `The copy is not the same as the original (${what}), so nothing was moved. Try again, and report this if it happens again.`
  return new PersonError('move_differs', sentence)
}
