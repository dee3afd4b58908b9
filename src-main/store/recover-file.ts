import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildFile } from './build-file.ts'
import { withDamaged } from './damaged-file.ts'
import { type Marker, PLAIN_MARKER, writeMarker } from './marker.ts'
import { schemaVersion } from './migrate.ts'
import { MIGRATIONS } from './migrations/all.ts'
import { moveFile } from './private-files.ts'
import { type Salvaged, salvage } from './salvage.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Moves a damaged database aside and makes a new one of what can be read. Returns what the person is told. What is
 * going on stands in the marker first: after a crash at any point, the same call with the same name finishes it.
 */
export function recoverFile(files: StoreFiles, aside: string, marker: Marker, why: string): string {
  writeMarker(files.marker, { ...marker, recovering: aside })
  const kept = join(files.directory, aside)
  moveAside(files.database, kept)
  let salvaged: Salvaged | undefined
  withDamaged(files, kept, (damaged) => {
    const migrations = damaged === undefined ? MIGRATIONS : MIGRATIONS.slice(0, schemaVersion(damaged))
    buildFile(files, migrations, (target) => {
      if (damaged !== undefined) salvaged = salvage(damaged, target)
    })
  })
  writeMarker(files.marker, PLAIN_MARKER)
  return noticeOf(kept, why, salvaged)
}

/** The name for a file that is moved aside: one that sorts by time and is legal on every system. */
export function asideName(files: StoreFiles, now: number): string {
  return `${basename(files.database)}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
}

/** The database first: a -wal without it is still known as the old one's, because no new database has the name yet. */
function moveAside(from: string, to: string): void {
  for (const suffix of SUFFIXES) {
    if (existsSync(from + suffix) && !existsSync(to + suffix)) moveFile(from + suffix, to + suffix)
  }
}

function noticeOf(kept: string, why: string, salvaged: Salvaged | undefined): string {
  const opening = `Latchkey’s data file could not be used: ${why}.`
  const keeping = existsSync(kept) ? ` The old file is kept at ${kept}.` : ''
  if (salvaged === undefined || salvaged.keys === 0 || salvaged.key_secrets === 0) {
    return `${opening} No key could be read, so every request is refused: make new keys, or quit Latchkey and put back a copy of the file.${keeping}`
  }
  const lost = salvaged.keys > salvaged.key_secrets ? ' Some keys have lost their secret: give them a new one.' : ''
  const found = `${salvaged.keys} keys, ${salvaged.origins} sites and ${salvaged.exchanges} requests could be read`
  return `${opening} ${found} and are here again; check that no key and no blocked site is missing.${lost}${keeping}`
}
