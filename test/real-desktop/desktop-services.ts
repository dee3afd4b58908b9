// Doubles of two services that a desktop has and a test machine lacks: the panel's StatusNotifierWatcher, and the
// notification server. They speak the real D-Bus protocols to the real app.
import { DBusError, Message, type MessageBus, sessionBus, Variant } from '@jellybrick/dbus-next'

const WATCHER = 'org.kde.StatusNotifierWatcher'
const ITEM = 'org.kde.StatusNotifierItem'
const ITEM_PATH = '/StatusNotifierItem'
const MENU = 'com.canonical.dbusmenu'
const NOTIFICATIONS = 'org.freedesktop.Notifications'
/** Electron's answer about a row that does not exist. */
const UNKNOWN_ROW = 'org.freedesktop.DBus.Error.Failed'
const PROPERTIES = 'org.freedesktop.DBus.Properties'
/** Reasons of the notification specification. */
const CLOSED_BY_PERSON = 2
const CLOSED_BY_APP = 3

/** A row of the tray's menu as the panel draws it. `_` marks a shortcut, as in `_Quit`. */
export interface PanelRow {
  readonly id: number
  readonly label: string
  readonly enabled: boolean
  readonly checked: boolean
  readonly rows: readonly PanelRow[]
}

/** A picture as the panel gets it: ARGB, four bytes a pixel. */
export interface PanelIcon {
  readonly width: number
  readonly height: number
  readonly argb: Buffer
}

export interface ShownNotification {
  readonly id: number
  readonly title: string
  readonly body: string
  /** Key and label of each action in turn. */
  readonly actions: readonly string[]
  /** Whether the app has taken it away. */
  closed: boolean
}

export interface DesktopServices {
  /** Newest last. */
  readonly notifications: readonly ShownNotification[]
  /** The rows of the tray's menu now; undefined while no app has put an icon into the tray. */
  trayRows(): Promise<readonly PanelRow[] | undefined>
  /** Clicks a row by the labels that lead to it. Throws when it is not there. */
  clickRow(...labels: string[]): Promise<void>
  trayIcon(): Promise<PanelIcon | undefined>
  /** Resolves once an app puts an icon into the tray from now on. */
  nextIcon(): Promise<void>
  /** Clicks the icon itself. */
  clickIcon(): Promise<void>
  /** Text that the panel shows beside the icon. */
  trayTip(): Promise<string>
  /** Answers a notification as a person does: with one of its actions' keys. */
  answer(id: number, action: string): void
  /** A panel comes, without any memory of icons. */
  startPanel(): Promise<void>
  /** The panel goes, as in a crash. */
  endPanel(): Promise<void>
  close(): void
}

export interface DesktopServicesOptions {
  /** The address of a bus of the test's own, in place of the session's. */
  readonly busAddress?: string
  /** Whether the desktop has a panel from the beginning. */
  readonly panel?: boolean
}

/** Puts both doubles on the bus. */
export async function startDesktopServices(options: DesktopServicesOptions = {}): Promise<DesktopServices> {
  const { busAddress, panel = true } = options
  const bus = sessionBus(busAddress === undefined ? {} : { busAddress })
  const watcher: Watcher = { item: undefined, onItem: () => undefined }
  const server = new NotificationServer(bus)
  answerCalls(bus, { ...watcherMembers(watcher), ...server.members })
  if (panel) await bus.requestName(WATCHER, 0)
  await bus.requestName(NOTIFICATIONS, 0)
  const property = (name: string) => readItem(bus, watcher.item, name)
  const trayRows = async () => {
    const { item } = watcher
    if (item === undefined) return undefined
    return readRows(bus, item).catch((error: unknown) => {
      // The app creates a new icon for each panel, so this one may have disappeared during the request.
      if (error instanceof DBusError) return undefined
      throw error
    })
  }
  return {
    notifications: server.shown,
    trayRows,
    async clickRow(...labels) {
      const click = async () => clicked(bus, String(watcher.item), findRow((await trayRows()) ?? [], labels))
      while (!(await click())) continue
    },
    async trayIcon() {
      const pixmaps = (await property('IconPixmap')) as [number, number, Buffer][] | undefined
      const largest = pixmaps?.sort(([one], [other]) => other - one)[0]
      return largest && { width: largest[0], height: largest[1], argb: Buffer.from(largest[2]) }
    },
    nextIcon: () =>
      new Promise((resolve) => {
        watcher.onItem = resolve
      }),
    async clickIcon() {
      const to = { destination: String(watcher.item), path: ITEM_PATH, interface: ITEM }
      await call(bus, { ...to, member: 'Activate', signature: 'ii', body: [0, 0] })
    },
    async trayTip() {
      const tip = (await property('ToolTip')) as [string, unknown, string, string] | undefined
      return tip?.[2] ?? ''
    },
    answer: (id, action) => server.answer(id, action),
    async startPanel() {
      watcher.item = undefined
      await bus.requestName(WATCHER, 0)
    },
    async endPanel() {
      watcher.item = undefined
      await bus.releaseName(WATCHER)
    },
    close: () => bus.disconnect(),
  }
}

/** By `interface.member`: takes the arguments, gives the signature and the values of the answer. */
type Members = Readonly<
  Record<string, (body: readonly unknown[]) => readonly [signature: string, ...values: unknown[]]>
>

function answerCalls(bus: MessageBus, members: Members): void {
  bus.addMethodHandler((message) => {
    const member = members[`${message.interface}.${message.member}`]
    if (member === undefined) return false
    const [signature, ...values] = member(message.body)
    bus.send(Message.newMethodReturn(message, signature, values))
    return true
  })
}

interface Watcher {
  /** The name on the bus of the app whose icon came last. */
  item: string | undefined
  onItem: () => void
}

/** https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/ */
function watcherMembers(watcher: Watcher): Members {
  const properties: Readonly<Record<string, Variant>> = {
    IsStatusNotifierHostRegistered: new Variant('b', true),
    ProtocolVersion: new Variant('i', 0),
  }
  return {
    [`${WATCHER}.RegisterStatusNotifierItem`]: ([service]) => {
      watcher.item = String(service)
      watcher.onItem()
      return ['']
    },
    [`${PROPERTIES}.Get`]: ([, name]) => ['v', properties[String(name)]],
  }
}

/** https://specifications.freedesktop.org/notification-spec/latest/ */
class NotificationServer {
  readonly shown: ShownNotification[] = []
  readonly members: Members = {
    [`${NOTIFICATIONS}.GetCapabilities`]: () => ['as', ['actions', 'body']],
    [`${NOTIFICATIONS}.GetServerInformation`]: () => ['ssss', 'test', 'Latchkey', '1', '1.2'],
    [`${NOTIFICATIONS}.Notify`]: ([, , , title, body, actions]) => {
      const id = this.shown.length + 1
      this.shown.push({
        id,
        title: String(title),
        body: String(body),
        actions: actions as string[],
        closed: false,
      })
      return ['u', id]
    },
    [`${NOTIFICATIONS}.CloseNotification`]: ([id]) => {
      const one = this.shown[Number(id) - 1]
      if (one !== undefined) one.closed = true
      this.#signal('NotificationClosed', 'uu', [id, CLOSED_BY_APP])
      return ['']
    },
  }
  readonly #bus: MessageBus

  constructor(bus: MessageBus) {
    this.#bus = bus
  }

  answer(id: number, action: string): void {
    this.#signal('ActionInvoked', 'us', [id, action])
    this.#signal('NotificationClosed', 'uu', [id, CLOSED_BY_PERSON])
  }

  #signal(name: string, signature: string, body: unknown[]): void {
    this.#bus.send(Message.newSignal('/org/freedesktop/Notifications', NOTIFICATIONS, name, signature, body))
  }
}

async function readItem(bus: MessageBus, item: string | undefined, name: string): Promise<unknown> {
  if (item === undefined) return undefined
  const to = { destination: item, path: ITEM_PATH, interface: PROPERTIES }
  const [value] = await call(bus, { ...to, member: 'Get', signature: 'ss', body: [ITEM, name] })
  return (value as Variant).value
}

type Layout = [id: number, properties: Record<string, Variant>, children: Variant[]]

async function readRows(bus: MessageBus, item: string): Promise<readonly PanelRow[]> {
  const [, root] = (await callMenu(bus, item, 'GetLayout', 'iias', [0, -1, []])) as [number, Layout]
  return rowsOf(root)
}

function rowsOf([, , children]: Layout): PanelRow[] {
  return children.map((child) => {
    const [id, properties] = child.value as Layout
    const value = (name: string): unknown => properties[name]?.value
    return {
      id,
      label: (value('label') as string | undefined) ?? '',
      enabled: value('enabled') !== false,
      checked: value('toggle-state') === 1,
      rows: rowsOf(child.value as Layout),
    }
  })
}

function findRow(rows: readonly PanelRow[], [label, ...rest]: readonly string[]): PanelRow {
  const row = rows.find((one) => one.label === label)
  if (row === undefined) throw new Error(`the panel has no row ${label}: ${rows.map((one) => one.label).join(', ')}`)
  return rest.length === 0 ? row : findRow(row.rows, rest)
}

/** False if the menu was redrawn since it was read, because its rows then have other ids. */
async function clicked(bus: MessageBus, item: string, { id }: PanelRow): Promise<boolean> {
  const event = [id, 'clicked', new Variant('i', 0), 0]
  return callMenu(bus, item, 'Event', 'isvu', event).then(
    () => true,
    // “Quit” ends the app before it would answer, which is another error.
    (error: unknown) => !(error instanceof DBusError && error.type === UNKNOWN_ROW),
  )
}

async function callMenu(bus: MessageBus, item: string, member: string, signature: string, body: unknown[]) {
  return call(bus, { ...(await menuOf(bus, item)), member, signature, body })
}

async function menuOf(bus: MessageBus, item: string) {
  return { destination: item, path: String(await readItem(bus, item, 'Menu')), interface: MENU }
}

async function call(bus: MessageBus, message: ConstructorParameters<typeof Message>[0]): Promise<unknown[]> {
  const reply = await bus.call(new Message(message))
  return reply?.body ?? []
}
