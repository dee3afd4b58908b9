import type * as Electron from 'electron'
import { emitter, strict } from './parts.ts'
import { type SessionRecord, world } from './world.ts'

export function makeSession(partition: string, app: Electron.App): Electron.Session {
  const session: Electron.Session = emitter<Electron.Session>('session', {
    protocol: strict<Electron.Protocol>('session.protocol', {
      handle: (scheme, handler) => {
        record.handlers.set(scheme, handler as unknown as (request: Request) => Promise<Response>)
      },
    } satisfies Partial<Electron.Protocol>),
    webRequest: strict<Electron.WebRequest>('session.webRequest', {
      onBeforeRequest: (...given: unknown[]) => {
        record.beforeRequest = given.at(-1) as SessionRecord['beforeRequest']
      },
      onBeforeSendHeaders: (...given: unknown[]) => {
        record.beforeSendHeaders = given.at(-1) as SessionRecord['beforeSendHeaders']
      },
    } satisfies Partial<Electron.WebRequest>),
    setPermissionRequestHandler: (handler) => {
      record.permissionRequest = handler ?? undefined
    },
    setPermissionCheckHandler: (handler) => {
      record.permissionCheck = handler ?? undefined
    },
    setDevicePermissionHandler: (handler) => {
      record.deviceAllowed = handler as SessionRecord['deviceAllowed']
    },
    setDisplayMediaRequestHandler: () => undefined,
    setBluetoothPairingHandler: () => undefined,
    setProxy: async () => undefined,
  } satisfies Partial<Electron.Session>)
  const record: SessionRecord = {
    session,
    handlers: new Map(),
    beforeRequest: undefined,
    beforeSendHeaders: undefined,
    permissionRequest: undefined,
    permissionCheck: undefined,
    deviceAllowed: undefined,
  }
  world.sessions.set(partition, record)
  app.emit('session-created', session)
  return session
}
