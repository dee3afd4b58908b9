import { z } from 'zod'
import { instant } from '../keys/key-fields.ts'
import { newPersonShape, personFieldShape } from './person-fields.ts'
import { OWNER_ID, personIdSchema } from './person-id.ts'

export const newPersonSchema = z.strictObject(newPersonShape)
export type NewPerson = z.infer<typeof newPersonSchema>

export const personPatchSchema = z.strictObject(personFieldShape).partial()
export type PersonPatch = z.infer<typeof personPatchSchema>

export const personSchema = z.object({ ...personFieldShape, id: personIdSchema, createdAt: instant })
export type Person = Readonly<z.infer<typeof personSchema>>

/** A person with the number of their keys that are not deleted. */
export const listedPersonSchema = personSchema.extend({ keys: z.number().int() })
export type ListedPerson = z.infer<typeof listedPersonSchema>

/** What happens to the usage of a person who is removed. `keep`: it stays, without their name. */
export const removePersonSchema = z.strictObject({ usage: z.enum(['keep', 'forget']).default('keep') })
export type PersonUsage = z.infer<typeof removePersonSchema>['usage']

/** True if the person asked to join and waits for an answer. */
export function isWaiting({ state }: Pick<Person, 'state'>): boolean {
  return state === 'pending'
}

export function isOwner({ id }: Pick<Person, 'id'>): boolean {
  return id === OWNER_ID
}
