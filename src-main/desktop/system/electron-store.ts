import { ipcMain } from 'electron'
import Store from 'electron-store'

/** By which electron-store tells any page that asks where the data is. No page of ours reads a store. */
const STORE_CHANNEL = 'electron-store-get-data'

type Options = NonNullable<ConstructorParameters<typeof Store<Record<string, unknown>>>[0]>

/** A file of electron-store's, without the channel that opening the first one adds. */
export function openElectronStore(options: Options): Store<Record<string, unknown>> {
  const store = new Store<Record<string, unknown>>(options)
  ipcMain.removeAllListeners(STORE_CHANNEL)
  return store
}
