import { z } from 'zod'

/** A package that is part of what is shipped, as the About page shows it. */
export const licenceSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** SPDX expression, as the package says. */
  licence: z.string(),
  /** Its licence file, word for word; null for a package without one. */
  text: z.string().nullable(),
})
export type Licence = z.infer<typeof licenceSchema>

/** Stands beside the console's index.html; written by the build. */
export const LICENCES_FILE = 'licences.json'
