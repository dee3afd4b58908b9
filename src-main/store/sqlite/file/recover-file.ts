import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { plural } from '#shared/text/plural.ts'
import { type DamageReason, type Problem, type ProblemParts, problem } from '#shared/text/problem.ts'
import { moveFile } from '../../../base/private-files.ts'
import { MIGRATIONS } from '../migrations/all.ts'
import { schemaVersion } from '../migrations/migrate.ts'
import { buildFile } from './build-file.ts'
import { withDamaged } from './damaged-file.ts'
import { type Marker, PLAIN_MARKER, writeMarker } from './marker.ts'
import { type Salvaged, salvage } from './salvage.ts'
import { type StoreFiles, SUFFIXES } from './store-files.ts'

/**
 * Renames a damaged database and builds a new one from its readable rows. Returns the notice for the person. The marker
 * records the recovery first, so after a crash at any point the same call with the same name finishes it.
 */
export function recoverFile(files: StoreFiles, aside: string, marker: Marker, why: DamageReason): Problem {
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

/** The new name of a damaged file. It sorts by time and is valid on every system. */
export function asideName(files: StoreFiles, now: number): string {
  return `${basename(files.database)}.damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
}

/** The database moves first. No new database has the name yet, so a remaining -wal still belongs to the old one. */
function moveAside(from: string, to: string): void {
  for (const suffix of SUFFIXES) {
    if (existsSync(from + suffix) && !existsSync(to + suffix)) moveFile(from + suffix, to + suffix)
  }
}

const WHY: Readonly<Record<DamageReason, string>> = {
  missing: 'it is missing',
  empty: 'it is empty',
  unreadable: 'it is not a readable database',
  foreign: 'it is not Latchkey’s',
  parts: 'parts of it are unreadable',
  interrupted: 'it was damaged, and repairing it was interrupted',
}

function noticeOf(aside: string, why: DamageReason, salvaged: Salvaged | undefined): Problem {
  const kept = existsSync(aside) ? aside : ''
  const { keys = 0, key_secrets: secrets = 0, origins: sites = 0, exchanges: requests = 0 } = salvaged ?? {}
  const parts = { why, kept, keys: `${keys}`, secrets: `${secrets}`, sites: `${sites}`, requests: `${requests}` }
  return problem('store_recovered', sentenceOf(parts), parts)
}

function sentenceOf({ why, kept, ...counts }: ProblemParts<'store_recovered'> & { why: DamageReason }): string {
  const opening = `Latchkey’s data file could not be used: ${WHY[why]}.`
  const keeping = kept === '' ? '' : ` The old file is kept at ${kept}.`
  if (counts.keys === '0' || counts.secrets === '0') {
    return `${opening} No key could be read, so every request is refused: make new keys, or restore a backup.${keeping}`
  }
  const lost =
    Number(counts.keys) > Number(counts.secrets) ? ' Some keys have lost their secret: give them a new one.' : ''
  const found = `${counted(counts.keys, 'key')}, ${counted(counts.sites, 'site')} and ${counted(counts.requests, 'request')} could be read`
  return `${opening} ${found} and are here again; check that no key and no blocked site is missing.${lost}${keeping}`
}

const counted = (count: string, noun: string) => plural(Number(count), noun)
