import { type NativeImage, nativeImage } from 'electron'
import type { ImportGlobFunction } from 'vite/types/importGlob.d.ts'
import type { TrayState } from './tray-state.ts'

declare global {
  interface ImportMeta {
    glob: ImportGlobFunction
  }
}

/** The pictures as `data:` URLs inside the bundle, so that no path has to be right inside an asar archive. */
const PICTURES = import.meta.glob<string>('../../build/icons/tray/*.png', {
  eager: true,
  query: '?inline',
  import: 'default',
})

/** macOS colours a template image itself, to suit its menu bar; the others show a picture as it is. */
export function trayIcon(state: TrayState, platform: NodeJS.Platform): NativeImage {
  const isTemplate = platform === 'darwin'
  const name = `${state}-${isTemplate ? 'template' : 'panel'}`
  const image = nativeImage.createFromDataURL(picture(name))
  image.addRepresentation({ scaleFactor: 2, dataURL: picture(`${name}@2x`) })
  image.setTemplateImage(isTemplate)
  return image
}

function picture(name: string): string {
  const dataUrl = PICTURES[`../../build/icons/tray/${name}.png`]
  if (dataUrl === undefined) throw new Error(`build/icons/tray has no ${name}.png`)
  return dataUrl
}
