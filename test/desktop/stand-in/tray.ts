import type * as Electron from 'electron'
import { emitter, preventable, strict } from './parts.ts'
import { type ImageRecord, type NotificationRecord, type TrayRecord, world } from './world.ts'

const templates = new WeakMap<Electron.Menu, Electron.MenuItemConstructorOptions[]>()

export const menuStatics = {
  buildFromTemplate: (template) => {
    const menu = {} as Electron.Menu
    templates.set(menu, template as Electron.MenuItemConstructorOptions[])
    return menu
  },
  setApplicationMenu: (menu) => {
    world.applicationMenu = (menu && templates.get(menu)) ?? null
  },
} satisfies Partial<typeof Electron.Menu>

export const nativeImage = strict<typeof Electron.nativeImage>('nativeImage', {
  createFromDataURL: (dataUrl) => {
    const record: ImageRecord = { dataUrl, representations: [], isTemplate: false }
    world.images.push(record)
    return strict<Electron.NativeImage>('image', {
      addRepresentation: (representation) => {
        record.representations.push(representation)
      },
      setTemplateImage: (isTemplate) => {
        record.isTemplate = isTemplate
      },
      toDataURL: () => dataUrl,
    } satisfies Partial<Electron.NativeImage>)
  },
} satisfies Partial<typeof Electron.nativeImage>)

export function makeTray(image: Electron.NativeImage): Electron.Tray {
  const record: TrayRecord = {
    tray: undefined,
    drawn: 0,
    image: image.toDataURL(),
    toolTip: '',
    menu: [],
    destroyed: false,
  }
  world.trays.push(record)
  record.tray = emitter<Electron.Tray>('tray', {
    isDestroyed: () => record.destroyed,
    setImage: (next) => {
      record.image = (next as Electron.NativeImage).toDataURL()
      record.drawn++
    },
    setToolTip: (text) => {
      record.toolTip = text
    },
    setContextMenu: (menu) => {
      record.menu = (menu && templates.get(menu)) ?? []
    },
    destroy: () => {
      record.destroyed = true
    },
  } satisfies Partial<Electron.Tray>)
  return record.tray
}

export function makeNotification(options: Electron.NotificationConstructorOptions): Electron.Notification {
  const notification: Electron.Notification = emitter<Electron.Notification>('notification', {
    show: () => {
      record.shown = true
    },
    close: () => {
      record.closed = true
      notification.emit('close', preventable({ reason: 'applicationHidden' }))
    },
  } satisfies Partial<Electron.Notification>)
  const record: NotificationRecord = { notification, options, shown: false, closed: false }
  world.notifications.push(record)
  return notification
}
