import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { replacePrivateFile } from '../../../base/private-files.ts'

/** Stands beside the database and says that there was one, so that a missing file is never taken for a first start. */
const markerSchema = z.object({
  /** Name of the damaged file, while its rows are being brought into a new one. Lets a crash in between be mended. */
  recovering: z.string().nullable().catch(null),
  /** Set when damage was met while running: the next start checks the whole file, however large. */
  suspect: z.boolean().catch(false),
})
export type Marker = z.infer<typeof markerSchema>

export const PLAIN_MARKER: Marker = { recovering: null, suspect: false }

/** undefined: there never was a store here. A marker that cannot be understood is still a marker. */
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
