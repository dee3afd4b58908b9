import type { RemoteCore } from './remote-core.ts'

/** The part of the core that the tray, the notifications and the updater use. */
export type DesktopCore = Pick<RemoteCore, 'state' | 'settings' | 'subscribe' | 'call'>
