import { z } from 'zod'
import { openElectronStore } from '../system/electron-store.ts'

const pixels = z.number().int().min(-100_000).max(100_000)
const rememberedSchema = z.object({
  bounds: z.object({ x: pixels, y: pixels, width: pixels, height: pixels }).nullable().catch(null).default(null),
  /** Whether the person was told that closing the window leaves Latchkey in the tray. */
  toldAboutTray: z.boolean().catch(false).default(false),
  /** The same of a desktop that has no tray. */
  toldWithoutTray: z.boolean().catch(false).default(false),
})
type Remembered = z.infer<typeof rememberedSchema>

export interface WindowMemory {
  read(): Remembered
  write(change: Partial<Remembered>): void
}

/** What the window remembers, in `window.json`. It is not worth a question to anyone: what is damaged is forgotten. */
export function openWindowMemory(dataDir: string): WindowMemory {
  const store = openElectronStore({
    cwd: dataDir,
    name: 'window',
    clearInvalidConfig: true,
    configFileMode: 0o600,
  })
  return {
    read: () => rememberedSchema.parse(store.store),
    write: (change) => store.set(change),
  }
}
