import { z } from 'zod'

/** A package that Latchkey ships, for the About page. */
export const licenceSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** SPDX expression from the package. */
  licence: z.string(),
  /** The full text of its licence file; null if the package has none. */
  text: z.string().nullable(),
})
export type Licence = z.infer<typeof licenceSchema>

/** The build writes this file next to the console's index.html. */
export const LICENCES_FILE = 'licences.json'
