import type { PersonPatch } from '#shared/people/person.ts'
import type { Me } from '#shared/people/sign-in.ts'
import type { AuditAction, NewAuditEntry } from '#shared/records/audit.ts'
import type { Forget } from '#shared/records/forget.ts'
import { bounded, boundedOrNull, RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import type { Log } from '../base/log.ts'
import type { Caller } from './caller.ts'
import type { ConsolePorts } from './ports.ts'

const BOUNDS = RECORDED_TEXTS.audit

/** Who makes the changes. The person is null if it is not known. */
export interface ChangedBy extends Pick<Caller, 'actor' | 'address'> {
  readonly personId: string | null
}

/** A key that an app fetches after somebody has approved it. */
export const BY_PAIRING: ChangedBy = { actor: 'pairing', personId: null, address: null }

export interface AuditedOptions {
  /** Of all changes made through these ports. */
  readonly by: ChangedBy
  readonly now: () => number
  readonly log: Log
  readonly add: (entry: NewAuditEntry) => Promise<void>
  readonly labelOf: (by: 'key' | 'origin', value: string) => string
}

/** The stored part of an action. */
interface AuditEvent {
  readonly action: AuditAction
  readonly subject?: string
  readonly label?: string | null
  readonly fields?: readonly string[]
  /** How the person made the change, if the actor does not tell. Never set for the command line. */
  readonly via?: 'pairing' | undefined
}

/**
 * Wraps the ports so that each change is written to the audit trail after it is done. Only the names of fields are
 * stored: values can be long, and no field name is a secret.
 */
export function audited(core: ConsolePorts, options: AuditedOptions): ConsolePorts {
  const { settings, credential, lan, loginItem } = core
  const note = createNote(options)
  return {
    ...core,
    people: auditedPeople(core, note),
    me: auditedMe(core.me, note),
    invitations: auditedInvitations(core.invitations, note),
    providers: auditedProviders(core.providers, note),
    keys: auditedKeys(core.keys, note),
    pairing: auditedPairing(core.pairing, note),
    handover: auditedHandover(core.handover, note),
    origins: auditedOrigins(core.origins, note, (origin) => options.labelOf('origin', origin)),
    backups: auditedBackups(core.backups, note),
    setup: auditedSetup(core.setup, note),
    credential: {
      ...credential,
      change: (secret) => note(credential.change(secret), () => ({ action: 'credential.change' })),
    },
    lan: {
      ...lan,
      replaceAuthority: () => note(lan.replaceAuthority(), () => ({ action: 'authority.replace' })),
    },
    settings: {
      ...settings,
      change: (patch) =>
        note(settings.change(patch), () => ({ action: 'settings.change', fields: Object.keys(patch) })),
    },
    loginItem: {
      ...loginItem,
      change: (on) => note(loginItem.change(on), () => ({ action: 'settings.change', fields: ['loginItem'] })),
    },
    forget: (what) => note(core.forget(what), () => ({ action: 'forget', fields: [kindOf(what)] })),
  }
}

function auditedPeople({ people }: Pick<ConsolePorts, 'people'>, note: Note): ConsolePorts['people'] {
  const nameOf = async (id: string) => (await people.list()).find((person) => person.id === id)?.name ?? null
  return {
    ...people,
    create: (choices) =>
      note(people.create(choices), ({ id, name }) => ({ action: 'person.create', subject: id, label: name })),
    change: (id, patch) =>
      note(people.change(id, patch), (person) => {
        return person && personChanges(patch).map((event) => ({ ...event, subject: id, label: person.name }))
      }),
    remove: (id, usage) =>
      note(people.remove(id, usage), (person) => {
        // The trail does not name deleted data, because its name would be a trace.
        if (usage === 'forget') return person && { action: 'forget', fields: ['person'] }
        return person && { action: 'person.remove', subject: id, label: person.name }
      }),
    endSessions: (id, session) =>
      note(people.endSessions(id, session), async (done) => {
        const action = session === undefined ? 'person.sessions' : 'person.session'
        return done ? { action, subject: id, label: await nameOf(id) } : undefined
      }),
  }
}

/** What people change about themselves. The ends of their own sessions are not changes. */
function auditedMe(me: ConsolePorts['me'], note: Note): ConsolePorts['me'] {
  const credentials = ({ id, name }: Me, field: string): AuditEvent => {
    return { action: 'person.credentials', subject: id, label: name, fields: [field] }
  }
  return {
    ...me,
    change: (patch) =>
      note(me.change(patch), ({ id, name }) => {
        return { action: 'person.change', subject: id, label: name, fields: Object.keys(patch) }
      }),
    setPassword: (...passwords) => note(me.setPassword(...passwords), (self) => credentials(self, 'password')),
    addPasskey: (passkey) => note(me.addPasskey(passkey), async () => credentials(await me.read(), 'passkey')),
    removeCredential: (id) => note(me.removeCredential(id), (self) => self && credentials(self, 'credential')),
  }
}

function auditedInvitations(invitations: ConsolePorts['invitations'], note: Note): ConsolePorts['invitations'] {
  return {
    list: () => invitations.list(),
    create: (choices) =>
      note(invitations.create(choices), ({ id, name }) => ({ action: 'invitation.create', subject: id, label: name })),
    recover: (personId, recovery) =>
      note(invitations.recover(personId, recovery), (issued) => {
        return issued && { action: 'person.invite', subject: personId, label: issued.name }
      }),
    revoke: (id) =>
      note(invitations.revoke(id), (invitation) => {
        return invitation && { action: 'invitation.revoke', subject: id, label: invitation.name }
      }),
  }
}

function auditedProviders(providers: ConsolePorts['providers'], note: Note): ConsolePorts['providers'] {
  return {
    list: () => providers.list(),
    check: (id) => providers.check(id),
    setSecret: (id, secret) =>
      note(providers.setSecret(id, secret), (provider) => {
        return provider && { action: 'provider.secret', subject: id, label: provider.name }
      }),
  }
}

/** A pause or its end is an entry of its own. */
function personChanges({ state, ...others }: PersonPatch): AuditEvent[] {
  const fields = Object.keys(others)
  return [
    ...(fields.length > 0 ? [{ action: 'person.change', fields } as const] : []),
    ...(state === undefined ? [] : [{ action: state === 'active' ? 'person.resume' : 'person.pause' } as const]),
  ]
}

function auditedKeys(keys: ConsolePorts['keys'], note: Note): ConsolePorts['keys'] {
  return {
    ...keys,
    create: (choices, via) =>
      note(keys.create(choices), ({ id, name }) => ({ action: 'key.create', subject: id, label: name, via })),
    update: (id, patch) =>
      note(keys.update(id, patch), (key) => {
        return key && { action: 'key.change', subject: id, label: key.name, fields: Object.keys(patch) }
      }),
    delete: (id) => note(keys.delete(id), (key) => key && { action: 'key.delete', subject: id, label: key.name }),
    restore: (id) => note(keys.restore(id), (key) => key && { action: 'key.restore', subject: id, label: key.name }),
    rotate: (id, graceMs) =>
      note(keys.rotate(id, graceMs), (key) => key && { action: 'key.rotate', subject: id, label: key.name }),
  }
}

/** Who makes the key is the app, later and by itself, so this entry has the person. */
function auditedPairing(pairing: ConsolePorts['pairing'], note: Note): ConsolePorts['pairing'] {
  return {
    list: () => pairing.list(),
    decline: (choice) => pairing.decline(choice),
    async approve(approval) {
      const asked = pairing.list().find(({ id }) => id === approval.id)
      await pairing.approve(approval)
      const label = approval.name ?? asked?.name ?? null
      void note(Promise.resolve(), () => ({ action: 'pairing.approve', label }))
    },
  }
}

function auditedHandover(handover: ConsolePorts['handover'], note: Note): ConsolePorts['handover'] {
  return {
    ...handover,
    apply: (request) =>
      note(handover.apply(request), ({ key, made, allowedInUrl, replaced }) => [
        ...(made ? [{ action: 'key.create', subject: key.id, label: key.name } as const] : []),
        ...(allowedInUrl
          ? [{ action: 'key.change', subject: key.id, label: key.name, fields: ['allowInUrl'] } as const]
          : []),
        { action: 'handover.apply', subject: key.id, label: key.name, fields: [request.app] },
        ...(replaced === null ? [] : [{ action: 'key.delete', subject: replaced.id, label: replaced.name } as const]),
      ]),
    undo: (request) =>
      note(handover.undo(request), ({ key, deleted }) => [
        { action: 'handover.undo', subject: key.id, label: key.name, fields: [request.app] },
        ...(deleted ? [{ action: 'key.delete', subject: key.id, label: key.name } as const] : []),
      ]),
  }
}

function auditedOrigins(
  origins: ConsolePorts['origins'],
  note: Note,
  labelOf: (origin: string) => string,
): ConsolePorts['origins'] {
  return {
    ...origins,
    decide(origin, status) {
      // Read before the call, because a block takes effect at once.
      const wasAsked = isPending(origins, origin)
      return note(origins.decide(origin, status), async (record) => {
        const action = status === 'allowed' ? 'origin.allow' : 'origin.block'
        const via = (await wasAsked) ? 'pairing' : undefined
        return { action, subject: record.origin, label: labelOf(record.origin), via }
      })
    },
    label: (origin, label) =>
      note(origins.label(origin, label), (record) => {
        return record && { action: 'origin.label', subject: record.origin, label: labelOf(record.origin) }
      }),
    forget: (origin) =>
      note(origins.forget(origin), (was) => (was ? { action: 'origin.forget', subject: origin } : undefined)),
  }
}

function auditedBackups(backups: ConsolePorts['backups'], note: Note): ConsolePorts['backups'] {
  return {
    ...backups,
    create: () => note(backups.create(), ({ name }) => ({ action: 'backup.create', subject: name })),
    restore: (name) => note(backups.restore(name), (done) => done && { action: 'backup.restore', subject: name }),
  }
}

function auditedSetup(setup: ConsolePorts['setup'], note: Note): ConsolePorts['setup'] {
  return {
    read: () => note(setup.read(), () => ({ action: 'setup.export' })),
    adopt: (file) => note(setup.adopt(file), () => ({ action: 'setup.import' })),
  }
}

async function isPending(origins: ConsolePorts['origins'], origin: string): Promise<boolean> {
  return (await origins.list()).some((record) => record.origin === origin && record.status === 'pending')
}

/** The trail does not name deleted data, because its name would be a trace. */
function kindOf(what: Forget): string {
  return Object.keys(what)[0] ?? ''
}

type Told = AuditEvent | readonly AuditEvent[] | undefined

/** Awaits a change and writes it to the audit trail, unless `eventOf` returns undefined. */
type Note = <T>(change: Promise<T>, eventOf: (done: T) => Told | Promise<Told>) => Promise<T>

/** A change stays even if the trail could not be written. That failure is logged, and the change does not fail. */
function createNote({ by, now, log, add }: AuditedOptions): Note {
  const { actor, personId, address } = by
  async function write(event: AuditEvent) {
    const { action, subject = null, label: named = null, fields = [], via = actor } = event
    const label = named === subject ? null : named
    await add({
      time: now(),
      actor: actor === 'command line' ? actor : via,
      person: personId,
      address: boundedOrNull(address, BOUNDS.address),
      action,
      subject: boundedOrNull(subject, BOUNDS.subject),
      label: boundedOrNull(label, BOUNDS.label),
      fields: fields.map((field) => bounded(field, BOUNDS.fields)),
    })
  }
  return async (change, eventOf) => {
    const done = await change
    for (const event of [(await eventOf(done)) ?? []].flat()) {
      try {
        await write(event)
      } catch (err) {
        log.warn({ err, actor, action: event.action }, 'could not write a change to the audit trail')
      }
    }
    return done
  }
}
