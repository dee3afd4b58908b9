import type { App, Session, Shell, WebContents } from 'electron'
import { isConsoleBlob, isConsoleUrl, isPermitted, mayOpenOutside } from './permissions.ts'

export interface HardeningOptions {
  readonly app: App
  readonly shell: Pick<Shell, 'openExternal'>
}

/**
 * What every session and every page of this app is denied. Electron grants most of it by default. Call before `ready`,
 * so that no session or page can be made before this is in place.
 */
export function harden({ app, shell }: HardeningOptions): void {
  denyUnsandboxed(app)
  denyDebuggers(app)
  app.on('session-created', (session) => {
    denyPermissions(session)
    denyDevices(session)
    denyNetwork(session)
    denyDownloads(session)
  })
  app.on('web-contents-created', (_event, contents) => {
    denyNewWindows(contents, shell)
    denyNavigation(contents)
    denyPeers(contents)
    denyWebviews(contents)
  })
  denyCertificates(app)
}

/** The window asks for its sandbox itself; this is for a page that anyone forgets to give one. */
function denyUnsandboxed(app: App): void {
  app.enableSandbox()
}

/** The fuses keep out Node's debugger. Chromium's, which reads and drives the page, is switched on by these. */
function denyDebuggers(app: App): void {
  // In a checkout it is how the tests of the real app drive it.
  if (!app.isPackaged) return
  for (const name of ['remote-debugging-port', 'remote-debugging-pipe']) app.commandLine.removeSwitch(name)
}

/** Camera, location, notifications of a page and all the others: the console needs none. A request and a check are two doors. */
function denyPermissions(session: Session): void {
  // Of the frame that asks, which need not be the page.
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isPermitted(permission, requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermitted(permission, origin))
}

/** USB, HID, serial, Bluetooth and the screen have doors of their own beside the permissions. */
function denyDevices(session: Session): void {
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }))
}

/** The console reaches this process through `app:` and nothing else, so a page that is taken over cannot tell anyone. */
function denyNetwork(session: Session): void {
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !isConsoleUrl(details.url) && !isConsoleBlob(details.url) }),
  )
}

/** `webRequest` does not see what WebRTC sends: a page could reach any address by STUN and TURN. */
function denyPeers(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}

/**
 * Leaves the window's session no way out but one that is closed: with the policy above WebRTC would go through a proxy,
 * and so would whatever else passes by `webRequest`. The scheme of the console needs no network. Await it before a page
 * is loaded.
 */
export function closeNetwork(session: Session): Promise<void> {
  // Port 9 is `discard`, where nothing listens. Loopback too goes through the proxy.
  return session.setProxy({
    mode: 'fixed_servers',
    proxyRules: 'socks5://127.0.0.1:9',
    proxyBypassRules: '<-loopback>',
  })
}

/** Nothing is fetched to disk, save what the page itself holds: the usage table a person exports is a blob of its own. */
function denyDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!isConsoleBlob(item.getURL())) event.preventDefault()
  })
}

/** A window opened by a page would be one more place to harden. A few literal links open in the person's browser. */
function denyNewWindows(contents: WebContents, shell: HardeningOptions['shell']): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** The window shows the console and never anything else: not file:, not the web, not inside a frame. */
function denyNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isConsoleUrl(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isConsoleUrl(event.url)) event.preventDefault()
  })
  // No console page redirects, so any redirect is foreign.
  contents.on('will-redirect', (event) => event.preventDefault())
}

/** A <webview> carries preferences of its own: none may be attached. */
function denyWebviews(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** Only the updater speaks TLS, and its feed has a certificate that needs no leave: none is excused, and none of the person's presented. */
function denyCertificates(app: App): void {
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault()
    answer(false)
  })
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault()
    answer()
  })
}
