import type { Actor, AuditAction, AuditEntry } from '#shared/records/audit.ts'
import type { Forget } from '#shared/records/forget.ts'
import { bounded, boundedOrNull, RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import type { Log } from '../base/log.ts'
import type { ConsolePorts } from './ports.ts'

const BOUNDS = RECORDED_TEXTS.audit

export interface AuditedOptions {
  /** The actor of all changes made through these ports. */
  readonly actor: Actor
  readonly now: () => number
  readonly log: Log
  readonly add: (entry: Omit<AuditEntry, 'id'>) => Promise<void>
  readonly labelOf: (by: 'key' | 'origin', value: string) => string
}

/** The stored part of an action. */
interface AuditEvent {
  readonly action: AuditAction
  readonly subject?: string
  readonly label?: string
  readonly fields?: readonly string[]
  /** How the person made the change, if the actor does not tell. Never set for the command line. */
  readonly via?: 'pairing' | undefined
}

/**
 * Wraps the ports so that each change is written to the audit trail after it is done. Only the names of fields are
 * stored: values can be long, and no field name is a secret.
 */
export function audited(core: ConsolePorts, options: AuditedOptions): ConsolePorts {
  const { settings, credential, loginItem } = core
  const note = createNote(options)
  return {
    ...core,
    keys: auditedKeys(core.keys, note),
    handover: auditedHandover(core.handover, note),
    origins: auditedOrigins(core.origins, note, (origin) => options.labelOf('origin', origin)),
    backups: auditedBackups(core.backups, note),
    setup: auditedSetup(core.setup, note),
    credential: {
      ...credential,
      change: (secret) => note(credential.change(secret), () => ({ action: 'credential.change' })),
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
function createNote({ actor, now, log, add }: AuditedOptions): Note {
  async function write(event: AuditEvent) {
    const { action, subject = null, label: named = null, fields = [], via = actor } = event
    const label = named === subject ? null : named
    await add({
      time: now(),
      actor: actor === 'command line' ? actor : via,
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
