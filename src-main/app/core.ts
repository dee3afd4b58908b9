import type { Settings, SettingsPatch } from '#shared/settings.ts'
import { createAssets } from '../console/assets.ts'
import type { ConsolePorts } from '../console/ports.ts'
import type { AppStateFeed } from './app-state.ts'
import type { Events } from './events.ts'
import type { GatewaySide } from './gateway-side.ts'
import type { Rooms } from './rooms.ts'
import type { SettingsBook } from './settings.ts'

export interface CoreOptions {
  readonly rendererDir: string
  readonly settings: SettingsBook
  readonly rooms: Rooms
  readonly side: GatewaySide
  readonly events: Events
  readonly feed: AppStateFeed
  /** New settings are in effect. */
  readonly onSettingsChanged: (settings: Settings) => void
}

/** What a console, a tray and a command line can ask of the core. */
export function createCore({
  rendererDir,
  settings,
  rooms,
  side,
  events,
  feed,
  onSettingsChanged,
}: CoreOptions): ConsolePorts {
  const { access, usage } = rooms

  async function changeSettings(patch: SettingsPatch): Promise<Settings> {
    const before = settings.read()
    const after = await settings.change(patch, side.door.follow)
    if (after !== before) onSettingsChanged(after)
    return after
  }

  return {
    state: feed.state,
    checkUpstream: side.watch.look,
    keys: access.keys,
    origins: access.origins,
    usage: usage.report,
    exchanges: usage.latest,
    settings: { read: settings.read, change: changeSettings },
    subscribe(listener) {
      // Until now nobody may have looked at the upstream for long.
      side.watch.wake()
      return events.subscribe(listener)
    },
    asset: createAssets(rendererDir),
  }
}
