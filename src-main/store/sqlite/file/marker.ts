import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { replacePrivateFile } from '../../../base/private-files.ts'

/** A file beside the database. It shows that a database existed, so that a missing one is not taken for a first start. */
const markerSchema = z.object({
  /** The name of the damaged file while its rows are copied to a new one, so that a start after a crash can continue. */
  recovering: z.string().nullable().catch(null),
  /** True if damage was found at run time. The next start then checks the whole file, whatever its size. */
  suspect: z.boolean().catch(false),
})
export type Marker = z.infer<typeof markerSchema>

export const PLAIN_MARKER: Marker = { recovering: null, suspect: false }

/** undefined if there never was a store here. An unreadable marker still counts as a marker. */
export function readMarker(path: string): Marker | undefined {
  if (!existsSync(path)) return undefined
  try {
    return markerSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return PLAIN_MARKER
  }
}

export function writeMarker(path: string, marker: Marker): void {
  replacePrivateFile(path, `${JSON.stringify(marker)}\n`)
}
