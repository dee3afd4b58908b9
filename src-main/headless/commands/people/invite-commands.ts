import { type Command, Option } from 'commander'
import {
  type Invitation,
  type IssuedInvitation,
  invitationPresetSchema,
  JOIN_PATH,
  MOST_INVITATION_DAYS,
  MOST_RECOVERY_DAYS,
  type NewInvitation,
} from '#shared/people/invitation.ts'
import type { PersonFieldName } from '#shared/people/person-fields.ts'
import type { GivenRole, Role } from '#shared/people/role.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../../core-client.ts'
import type { GivenOptions } from '../../flags/flag-kinds.ts'
import { positiveWhole } from '../../flags/option-values.ts'
import { addPersonFlags, readPersonFlags } from '../../flags/person-flags.ts'
import { relativeTime } from '../../flags/time-words.ts'
import type { CommandContext } from '../command-context.ts'
import { type CommonOptions, withCommonOptions } from '../common-options.ts'
import { findPerson } from '../person-commands.ts'
import { printable, table } from '../table.ts'

/** What an invitation promises, in the words of `person add`. */
const FIELDS = [
  'role',
  'models',
  'origins',
  'online',
  'hours',
  'requestsPerMinute',
  'tokensPerDay',
  'concurrency',
] as const satisfies readonly PersonFieldName[]

interface CreateOptions extends CommonOptions {
  for?: string
  preset?: NewInvitation['preset']
  days?: number
  qr?: true
}

export function addInviteCommands(program: Command, context: CommandContext): void {
  const group = program.command('invite').description('invite people, who then choose how they sign in')
  addCreate(group, context)
  const list = group.command('list').description('list all invitations')
  withCommonOptions(list, context).action((options: CommonOptions) => listInvitations(options, context))
  const revoke = group
    .command('revoke')
    .description('revoke an invitation that nobody has used yet')
    .argument('<invitation>', "the invitation's id, or the name of the person it is for")
  withCommonOptions(revoke, context).action((which: string, options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const { id } = await findInvitation(core, which)
      const revoked = await core.call('DELETE /api/invitations/:id', {}, id)
      if (options.json === true) return context.print(JSON.stringify(revoked))
      context.print(`The invitation is ${revoked.state}.`)
    }),
  )
}

function addCreate(group: Command, context: CommandContext): void {
  const command = group
    .command('create')
    .description('make an invitation, which works once; its link is shown only now')
    .argument('[name]', 'whom it is for; they can choose another name')
    .option('--for <person>', 'let somebody who is here already in again: their id, or their name')
    .addOption(
      new Option('--preset <preset>', 'scopes of the key that a guest gets').choices(invitationPresetSchema.options),
    )
    .option(
      '--days <days>',
      `how many days it can be used, at most ${MOST_INVITATION_DAYS} (default: 7); with --for at most ${MOST_RECOVERY_DAYS} (default: 1)`,
      positiveWhole,
    )
    .option('--qr', 'print a QR code of the link')
  addPersonFlags(command, FIELDS, context.now)
  withCommonOptions(command, context).action((name: string | undefined, options: CreateOptions & GivenOptions) => {
    const { preset, days, for: who } = options
    const { role, ...limits } = readPersonFlags(options)
    const given = { ...limits, ...definedIn({ name, preset, role: role && givenRole(role) }) }
    if (who !== undefined && Object.keys(given).length > 0) {
      return command.error('error: somebody who is here already keeps their name, role and limits', { exitCode: 2 })
    }
    return withCore(options.dataDir, context, async (core) => {
      const issued =
        who === undefined
          ? await core.call('POST /api/invitations', { ...given, ...definedIn({ days }) })
          : await core.call('POST /api/people/:id/invitations', definedIn({ days }), (await findPerson(core, who)).id)
      if (options.json === true) return context.print(JSON.stringify(issued))
      await showIssued(issued, options.qr === true, context)
    })
  })
}

function givenRole(role: Role): GivenRole {
  if (role !== 'owner') return role
  throw new PersonError('one_owner', 'There is one owner, the person at this computer. Choose another role.')
}

function definedIn<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

async function showIssued(issued: IssuedInvitation, withQr: boolean, context: CommandContext): Promise<void> {
  const { name, person, role, id, expiresAt, links, code } = issued
  const whom = name === null ? '' : ` for ${printable(name)}`
  const what = person === null ? ` as ${role}` : ', who gets in again with it'
  context.print(`Made an invitation${whom}${what} (${id}). It works once, until ${day(expiresAt)}.`)
  const [link] = links
  if (link === undefined) {
    context.print(`Its link is the console's address for others with ${JOIN_PATH}#${code}. It is not shown again.`)
    context.warn('Other devices cannot open the console now. See: latchkey sign-in list')
    return
  }
  context.print(`Send this link to them. It is not shown again:\n\n  ${links.join('\n  ')}`)
  if (!withQr) return
  // Only this option needs the library, and every start of `serve` loads this file.
  const { terminalQr } = await import('../terminal-qr.ts')
  context.print(`\n${terminalQr(link)}`)
}

function listInvitations(options: CommonOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const invitations = await core.call('GET /api/invitations', {})
    if (options.json === true) return context.print(JSON.stringify(invitations))
    if (invitations.length === 0) return context.print('No invitations yet. Make one with: latchkey invite create NAME')
    const people = await core.call('GET /api/people', {})
    const nameOf = (id: string | null) => (id === null ? '' : (people.find((one) => one.id === id)?.name ?? 'removed'))
    const rows = invitations.map((one) => invitationRow(one, nameOf(one.usedBy), context.now()))
    context.print(table(['FOR', 'ID', 'ROLE', 'STATE', 'EXPIRES', 'USED BY', 'LETS IN'], rows))
  })
}

function invitationRow(invitation: Invitation, usedBy: string, now: number): string[] {
  const { name, person, id, role, state, expiresAt } = invitation
  const expires = state === 'open' ? relativeTime(expiresAt, now) : ''
  const kind = person === null ? 'somebody new' : 'again'
  return [printable(name ?? ''), id, role, state, expires, printable(usedBy), kind]
}

async function findInvitation(core: CoreClient, which: string): Promise<Invitation> {
  const invitations = await core.call('GET /api/invitations', {})
  const byId = invitations.find(({ id }) => id === which)
  if (byId !== undefined) return byId
  const wanted = which.trim().toLowerCase()
  const named = invitations.filter(({ name, state }) => state === 'open' && name?.toLowerCase() === wanted)
  if (named[0] !== undefined && named.length === 1) return named[0]
  throw named.length === 0
    ? new PersonError('no_such_invitation', 'No open invitation has this id or name. See: latchkey invite list')
    : new PersonError('name_not_unique', 'Several invitations have this name. Use the id from: latchkey invite list')
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
