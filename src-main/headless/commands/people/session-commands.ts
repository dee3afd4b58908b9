import type { Command } from 'commander'
import type { ListedPerson } from '#shared/people/person.ts'
import type { Session } from '#shared/people/session.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../../core-client.ts'
import { relativeTime } from '../../flags/time-words.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommonOptions, withCommonOptions } from '../common-options.ts'
import { findPerson } from '../person-commands.ts'
import { printable, table } from '../table.ts'

/** An open session with the person whose it is. */
interface OwnedSession extends Session {
  readonly personId: string
  readonly personName: string
}

interface ListOptions extends CommonOptions {
  person?: string
}

export function addSessionCommands(program: Command, context: CommandContext): void {
  const group = program.command('session').description('list and end open sessions of the console')
  const list = group
    .command('list')
    .description('list the open sessions of all people')
    .option('--person <person>', 'only those of one person: their id, or their name')
  withCommonOptions(list, context).action((options: ListOptions) => listSessions(options, context))
  const end = group
    .command('end')
    .description('end one session, or sign a person out everywhere')
    .argument('<who>', "the id of a session, or the person's id or name")
  withCommonOptions(end, context).action((who: string, options: CommonOptions) => endSessions(who, options, context))
}

function listSessions(options: ListOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const people =
      options.person === undefined ? await core.call('GET /api/people', {}) : [await findPerson(core, options.person)]
    const sessions = (await Promise.all(people.map((person) => sessionsOf(core, person)))).flat()
    if (options.json === true) return context.print(JSON.stringify(sessions))
    if (sessions.length === 0) return context.print('Nobody has the console open.')
    const rows = sessions.map((session) => sessionRow(session, context.now()))
    context.print(table(['PERSON', 'ID', 'SIGNED IN BY', 'ADDRESS', 'LAST USED', 'ENDS', 'DEVICE'], rows))
  })
}

async function sessionsOf(core: CoreClient, { id, name }: ListedPerson): Promise<OwnedSession[]> {
  const sessions = await core.call('GET /api/people/:id/sessions', {}, id)
  return sessions.map((session) => ({ personId: id, personName: name, ...session }))
}

function sessionRow(session: OwnedSession, now: number): string[] {
  const { personName, id, method, address, seenAt, expiresAt, device } = session
  const times = [relativeTime(seenAt, now), relativeTime(expiresAt, now)]
  return [printable(personName), id, method, address ?? '', ...times, printable(device ?? '')]
}

function endSessions(who: string, options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const people = await core.call('GET /api/people', {})
    const sessions = (await Promise.all(people.map((person) => sessionsOf(core, person)))).flat()
    const one = sessions.find(({ id }) => id === who)
    const done = one === undefined ? await endAll(core, who) : await endOne(core, one)
    context.print(options.json === true ? JSON.stringify({ done: true }) : done)
  })
}

async function endOne(core: CoreClient, { id, personId, personName }: OwnedSession): Promise<string> {
  await core.call('DELETE /api/people/:id/sessions', { session: id }, personId)
  return `The session of ${printable(personName)} is ended.`
}

async function endAll(core: CoreClient, who: string): Promise<string> {
  const { id, name } = await findPerson(core, who).catch((error: unknown) => {
    if (!(error instanceof PersonError) || error.code !== 'no_such_person') throw error
    throw new PersonError('no_such_person', 'No person has this id or name. See: latchkey session list')
  })
  await core.call('DELETE /api/people/:id/sessions', {}, id)
  return `${printable(name)} is signed out everywhere.`
}
