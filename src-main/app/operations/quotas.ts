import type { Person } from '#shared/people/person.ts'
import type { Quota } from '#shared/people/quota.ts'
import type { AccessRoom } from '../../access/access-room.ts'

/** The limits that all keys of a person share, and what is left of them. */
export function quotaOf(person: Person, access: Pick<AccessRoom, 'allowanceOfPerson'>): Quota {
  const { id: personId, name, models, origins, online, hours, requestsPerMinute, tokensPerDay, concurrency } = person
  const limits = { requestsPerMinute, tokensPerDay, concurrency }
  return { personId, name, models, origins, online, hours, ...limits, left: access.allowanceOfPerson(person) }
}
