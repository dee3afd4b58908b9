import { z } from 'zod'

/** The id of the owner: the person at the computer. It is the same everywhere, so a setup's keys find their owner. */
export const OWNER_ID = 'person_owner'

/** The value of usage by persons who were removed. It is no id. */
export const REMOVED_PERSON = 'removed'

/** A person's id. It is safe in a URL path. */
export const PERSON_ID_SHAPE = /^person_[A-Za-z0-9]{1,40}$/
export const personIdSchema = z.string().regex(PERSON_ID_SHAPE)
