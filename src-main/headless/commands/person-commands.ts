import { type Command, Option } from 'commander'
import type { ListedPerson, PersonPatch } from '#shared/people/person.ts'
import { PERSON_FIELD_NAMES } from '#shared/people/person-fields.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import type { Quota } from '#shared/people/quota.ts'
import type { Role } from '#shared/people/role.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { plural } from '#shared/text/plural.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import type { GivenOptions } from '../flags/flag-kinds.ts'
import { addPersonFlags, readPersonFlags, role } from '../flags/person-flags.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { printable, table } from './table.ts'

const PERSON = "the person's id, or their name"

export function addPersonCommands(program: Command, context: CommandContext): void {
  const group = program.command('person').description('add, list and change the people who use this Latchkey')
  addAdd(group, context)
  withCommonOptions(group.command('list').description('list all people'), context).action((options: CommonOptions) =>
    listPeople(options, context),
  )
  addQuotas(group, context)
  addChange(group, context)
  addRole(group, context)
  addState(group, context, 'pause', 'stop all keys of a person at once', 'paused')
  addState(group, context, 'resume', 'let the keys of a paused person work again', 'active')
  addRemove(group, context)
}

function addAdd(group: Command, context: CommandContext): void {
  const command = group
    .command('add')
    .description('add a person, to whom keys can be given with: latchkey key create --person')
    .argument('<name>', 'what they are called')
  addPersonFlags(
    command,
    PERSON_FIELD_NAMES.filter((field) => field !== 'name' && field !== 'state'),
    context.now,
  )
  withCommonOptions(command, context).action((name: string, options: CommonOptions & GivenOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const { state: _, ...choices } = readPersonFlags(options)
      const person = await core.call('POST /api/people', { ...choices, name })
      if (options.json === true) return context.print(JSON.stringify(person))
      context.print(`Added ${printable(person.name)} (${person.id}).`)
      context.print(`Give them a key with: latchkey key create --name NAME --person ${person.id}`)
    }),
  )
}

function addChange(group: Command, context: CommandContext): void {
  const command = group
    .command('change')
    .description('change a person; limits and lists apply to all their keys together')
    .argument('<person>', PERSON)
  addPersonFlags(command, PERSON_FIELD_NAMES, context.now)
  withCommonOptions(command, context).action((who: string, options: CommonOptions & GivenOptions) => {
    const patch = readPersonFlags(options)
    if (Object.keys(patch).length === 0) return command.error('error: add an option for each change', { exitCode: 2 })
    return change(who, patch, 'is changed', options, context)
  })
}

function addRole(group: Command, context: CommandContext): void {
  const command = group
    .command('role')
    .description('give a person another role')
    .argument('<person>', PERSON)
    .argument('<role>', 'admin, member or guest', role)
  withCommonOptions(command, context).action((who: string, chosen: Role, options: CommonOptions) =>
    change(who, { role: chosen }, `is ${chosen} now`, options, context),
  )
}

function addState(
  group: Command,
  context: CommandContext,
  verb: 'pause' | 'resume',
  description: string,
  state: 'paused' | 'active',
): void {
  const command = group.command(verb).description(description).argument('<person>', PERSON)
  withCommonOptions(command, context).action((who: string, options: CommonOptions) =>
    change(who, { state }, `is ${verb}d`, options, context),
  )
}

function addRemove(group: Command, context: CommandContext): void {
  const command = group
    .command('remove')
    .description('remove a person and delete their keys; their usage is kept without their name')
    .argument('<person>', PERSON)
    .addOption(new Option('--forget-usage', 'also delete their usage, permanently and from all backups'))
    .option('--yes', 'confirm the removal; it cannot be undone')
  interface RemoveOptions extends CommonOptions {
    forgetUsage?: true
    yes?: true
  }
  withCommonOptions(command, context).action((who: string, options: RemoveOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const person = await findPerson(core, who)
      if (options.yes !== true) throw unconfirmed(person)
      const usage = options.forgetUsage === true ? 'forget' : 'keep'
      const removed = await core.call('DELETE /api/people/:id', { usage }, person.id)
      if (options.json === true) return context.print(JSON.stringify(removed))
      context.print(`Removed ${printable(person.name)} and ${plural(person.keys, 'key')}.`)
    }),
  )
}

function unconfirmed({ name, keys }: ListedPerson): PersonError {
  const sentence = `This removes ${name} and deletes ${plural(keys, 'key')}. Add --yes to confirm.`
  return new PersonError('not_confirmed', sentence)
}

function change(
  who: string,
  patch: PersonPatch,
  done: string,
  options: CommonOptions,
  context: CommandContext,
): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const person = await core.call('PATCH /api/people/:id', patch, (await findPerson(core, who)).id)
    if (options.json === true) return context.print(JSON.stringify(person))
    context.print(`${printable(person.name)} ${done}.`)
  })
}

function listPeople(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const people = await core.call('GET /api/people', {})
    if (options.json === true) return context.print(JSON.stringify(people))
    context.print(table(['NAME', 'ID', 'ROLE', 'STATE', 'KEYS', 'LIMITS'], people.map(personRow)))
  })
}

function addQuotas(group: Command, context: CommandContext): void {
  const command = group
    .command('quotas')
    .description("show what is left of each person's limits, and when it starts anew")
  withCommonOptions(command, context).action((options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const quotas = await core.call('GET /api/people/quotas', {})
      if (options.json === true) return context.print(JSON.stringify(quotas))
      context.print(table(['NAME', 'TOKENS TODAY', 'THIS MINUTE', 'AT ONCE', 'STARTS ANEW'], quotas.map(quotaRow)))
    }),
  )
}

function quotaRow({ name, tokensPerDay, requestsPerMinute, concurrency, left }: Quota): string[] {
  const anew = new Date(left.dayEndsAt).toTimeString().slice(0, 5)
  return [
    printable(name),
    leftOf(left.tokensToday, tokensPerDay),
    leftOf(left.requestsThisMinute, requestsPerMinute),
    leftOf(left.atTheSameTime, concurrency),
    tokensPerDay === null ? '' : anew,
  ]
}

function leftOf(left: number | null, limit: number | null): string {
  return limit === null ? 'no limit' : `${left ?? limit} of ${limit} left`
}

function personRow(person: ListedPerson): string[] {
  const { requestsPerMinute, tokensPerDay, concurrency, models, origins, online, hours } = person
  const limits = [
    requestsPerMinute !== null && `${plural(requestsPerMinute, 'request')} per minute`,
    tokensPerDay !== null && `${plural(tokensPerDay, 'token')} per day`,
    concurrency !== null && `${concurrency} at the same time`,
    hours !== null && hours.join(' and '),
    models !== null && `models ${models.join(', ')}`,
    origins !== null && `sites ${origins.join(', ')}`,
    !online && 'stays local',
  ].filter((limit) => limit !== false)
  const { name, id, role: its, state, keys } = person
  return [printable(name), id, its, state, String(keys), printable(limits.join('; '))]
}

/** The person with this id or name. `me` is the owner. */
export async function findPerson(core: CoreClient, who: string): Promise<ListedPerson> {
  const people = await core.call('GET /api/people', {})
  const wanted = who.trim().toLowerCase()
  const byId = people.find(({ id }) => id === who || (id === OWNER_ID && wanted === 'me'))
  if (byId !== undefined) return byId
  const named = people.filter(({ name }) => name.toLowerCase() === wanted)
  if (named[0] !== undefined && named.length === 1) return named[0]
  throw named.length === 0
    ? new PersonError('no_such_person', 'No person has this id or name. Add one with: latchkey person add NAME')
    : new PersonError('name_not_unique', 'Several people have this name. Use the id from: latchkey person list')
}
