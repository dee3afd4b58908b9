import type { RemoteCore } from './remote-core.ts'

/** The part of the core that the desktop around the window uses. */
export type DesktopCore = Pick<RemoteCore, 'state' | 'settings' | 'subscribe' | 'call'>
