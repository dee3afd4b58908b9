import type { App, Session, Shell, WebContents } from 'electron'
import { isConsoleBlob, isConsoleUrl, isPermitted, mayOpenOutside } from './permissions.ts'

export interface HardeningOptions {
  readonly app: App
  readonly shell: Pick<Shell, 'openExternal'>
}

/**
 * Denies every session and page the rights that Electron grants by default and that the console does not need. Call it
 * before `ready`, so that no session or page exists without these limits.
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

/** The window already asks for its sandbox; this covers any page that is created without one. */
function denyUnsandboxed(app: App): void {
  app.enableSandbox()
}

/**
 * The fuses disable Node's debugger. This refuses the switches of Chromium's debugger, which reads and drives the page.
 */
function denyDebuggers(app: App): void {
  // In a checkout the tests drive the real app through that debugger.
  if (!app.isPackaged) return
  for (const name of ['remote-debugging-port', 'remote-debugging-pipe']) app.commandLine.removeSwitch(name)
}

/**
 * Denies camera, location, page notifications and all other permissions: the console needs none. Electron has one
 * handler for requests and one for checks.
 */
function denyPermissions(session: Session): void {
  // The URL of the frame that asks, which can differ from the page's URL.
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isPermitted(permission, requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermitted(permission, origin))
}

/** USB, HID, serial, Bluetooth and screen capture have handlers apart from the permission handlers. */
function denyDevices(session: Session): void {
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }))
}

/** The console needs only the `app:` scheme. Without a network, a page that is taken over cannot send anything out. */
function denyNetwork(session: Session): void {
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !isConsoleUrl(details.url) && !isConsoleBlob(details.url) }),
  )
}

/** `webRequest` does not see WebRTC traffic: a page could reach any address by STUN and TURN. */
function denyPeers(contents: WebContents): void {
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}

/**
 * Routes the window's session through a proxy that does not exist. With the policy above, WebRTC and any other traffic
 * that bypasses `webRequest` must use the proxy, and so fails. The console's scheme needs no network. Await this before
 * a page is loaded.
 */
export function closeNetwork(session: Session): Promise<void> {
  // Port 9 is `discard`, where nothing listens. Loopback addresses go through the proxy too.
  return session.setProxy({
    mode: 'fixed_servers',
    proxyRules: 'socks5://127.0.0.1:9',
    proxyBypassRules: '<-loopback>',
  })
}

/** Cancels every download except data that the page made itself: the exported usage table is a blob. */
function denyDownloads(session: Session): void {
  session.on('will-download', (event, item) => {
    if (!isConsoleBlob(item.getURL())) event.preventDefault()
  })
}

/**
 * Denies windows opened by a page, because each would need the same limits. A few fixed links open in the person's
 * browser.
 */
function denyNewWindows(contents: WebContents, shell: HardeningOptions['shell']): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** The window shows only the console: no file:, no website, not even inside a frame. */
function denyNavigation(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isConsoleUrl(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isConsoleUrl(event.url)) event.preventDefault()
  })
  // No console page redirects, so every redirect is foreign.
  contents.on('will-redirect', (event) => event.preventDefault())
}

/** Denies every <webview>, because it would bring its own preferences. */
function denyWebviews(contents: WebContents): void {
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/**
 * Only the updater uses TLS, and its feed has a valid certificate. So no invalid certificate is accepted, and no client
 * certificate is presented.
 */
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
