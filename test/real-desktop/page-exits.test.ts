import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

/** Counts what arrives on one port, over TCP and over UDP, so that each way out of a page is seen. */
interface Listener {
  readonly port: number
  count(): number
  close(): void
}

async function listen(): Promise<Listener> {
  let arrived = 0
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    arrived += 1
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4').on('message', () => (arrived += 1))
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
  return {
    port,
    count: () => arrived,
    close() {
      for (const socket of sockets) socket.destroy()
      tcp.close()
      udp.close()
    },
  }
}

/** The attempts of a compromised page, each as the body of a function of `host` (`127.0.0.1:PORT`). */
const WAYS: Readonly<Record<string, string>> = {
  'a STUN server': `return gather({ urls: 'stun:' + host })`,
  'a TURN server over UDP': `return gather({ urls: 'turn:' + host + '?transport=udp', username: 'u', credential: 'c' })`,
  'a TURN server over TCP': `return gather({ urls: 'turn:' + host + '?transport=tcp', username: 'u', credential: 'c' })`,
  'a TURN server over TLS': `return gather({ urls: 'turns:' + host + '?transport=tcp', username: 'u', credential: 'c' })`,
  'a peer': `return connectTo(host)`,
  fetch: `return fetch('http://' + host + '/', { mode: 'no-cors' })`,
  'fetch with keepalive': `return fetch('http://' + host + '/', { mode: 'no-cors', method: 'POST', body: 'x', keepalive: true })`,
  XMLHttpRequest: `const ask = new XMLHttpRequest(); ask.open('GET', 'http://' + host + '/'); ask.send(); return ended(ask, 'loadend')`,
  sendBeacon: `navigator.sendBeacon('http://' + host + '/', 'x')`,
  WebSocket: `return ended(new WebSocket('ws://' + host + '/'), 'error')`,
  EventSource: `return ended(new EventSource('http://' + host + '/'), 'error')`,
  WebTransport: `return new WebTransport('https://' + host + '/').ready`,
  'an image': `return add('img', { src: 'http://' + host + '/i.png' })`,
  'a script': `return add('script', { src: 'http://' + host + '/s.js' })`,
  'a style sheet': `return add('link', { rel: 'stylesheet', href: 'http://' + host + '/s.css' })`,
  'an address in a style': `document.body.style.backgroundImage = 'url(http://' + host + '/b.png)'; return painted()`,
  'a font': `const font = new FontFace('out', 'url(http://' + host + '/f.woff2)'); return font.load()`,
  'an audio': `return add('audio', { src: 'http://' + host + '/a.ogg', preload: 'auto' })`,
  'a video': `return add('video', { src: 'http://' + host + '/v.webm', preload: 'auto', poster: 'http://' + host + '/p.png' })`,
  'an object': `return add('object', { data: 'http://' + host + '/o' })`,
  'a frame': `return add('iframe', { src: 'http://' + host + '/' })`,
  'a frame of its own making': `return add('iframe', { srcdoc: '<img src="http://' + host + '/i.png">' })`,
  prefetch: `return add('link', { rel: 'prefetch', href: 'http://' + host + '/' })`,
  preload: `return add('link', { rel: 'preload', as: 'image', href: 'http://' + host + '/i.png' })`,
  preconnect: `return add('link', { rel: 'preconnect', href: 'http://' + host })`,
  modulepreload: `return add('link', { rel: 'modulepreload', href: 'http://' + host + '/m.js' })`,
  'a manifest': `return add('link', { rel: 'manifest', href: 'http://' + host + '/m.json' })`,
  'an icon': `return add('link', { rel: 'icon', href: 'http://' + host + '/i.ico' })`,
  'speculation rules': `return add('script', { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ source: 'list', urls: ['http://' + host + '/'] }] }) })`,
  'a form': `const form = make('form', { action: 'http://' + host + '/', method: 'post' }); document.body.append(form); form.submit(); return painted()`,
  'a form in a new window': `const form = make('form', { action: 'http://' + host + '/', target: '_blank' }); document.body.append(form); form.submit(); return painted()`,
  'a link with a ping': `const link = make('a', { href: '#/', ping: 'http://' + host + '/' }); document.body.append(link); link.click(); return painted()`,
  'a download': `const link = make('a', { href: 'http://' + host + '/x', download: 'x' }); document.body.append(link); link.click(); return painted()`,
  'a navigation': `location.href = 'http://' + host + '/'; return painted()`,
  'a refresh': `return add('meta', { httpEquiv: 'refresh', content: '0;url=http://' + host + '/' })`,
  'a new window': `window.open('http://' + host + '/'); return painted()`,
  'an import': `return import('http://' + host + '/m.js')`,
  'a worker': `return ended(new Worker('http://' + host + '/w.js'), 'error')`,
  'a worker of its own making': `return ended(new Worker(URL.createObjectURL(new Blob(['fetch("http://' + host + '/")']))), 'error')`,
  'a shared worker': `return ended(new SharedWorker('http://' + host + '/w.js'), 'error')`,
  'a service worker': `return navigator.serviceWorker.register('http://' + host + '/w.js')`,
  'a payment method': `return new PaymentRequest([{ supportedMethods: 'https://' + host + '/pay' }], { total: { label: 'x', amount: { currency: 'EUR', value: '1' } } }).canMakePayment()`,
  'a report of a violation': `return add('meta', { httpEquiv: 'Content-Security-Policy', content: "img-src 'none'; report-uri http://" + host + '/' })`,
}

/** Helpers for these attempts. Each waits for the result of its attempt, for a second at most. */
const HELPERS = `
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))
  const ended = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }))
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties)
  const add = (tag, properties) => {
    const element = make(tag, properties)
    document.head.append(element)
    return Promise.race([ended(element, 'load'), ended(element, 'error')])
  }
  const gather = async (server) => {
    const peer = new RTCPeerConnection({ iceServers: [server], iceCandidatePoolSize: 1 })
    peer.createDataChannel('out')
    await peer.setLocalDescription(await peer.createOffer())
    while (peer.iceGatheringState !== 'complete') await ended(peer, 'icegatheringstatechange')
  }
  const connectTo = async (host) => {
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
    one.createDataChannel('out')
    await one.setLocalDescription(await one.createOffer())
    await other.setRemoteDescription(one.localDescription)
    await other.setLocalDescription(await other.createAnswer())
    await one.setRemoteDescription(other.localDescription)
    const [address, port] = host.split(':')
    const candidate = 'candidate:1 1 udp 2130706431 ' + address + ' ' + port + ' typ host'
    await one.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 })
    await ended(one, 'connectionstatechange')
  }
`

const reason = reasonToSkip()

describe('a page of the window that was taken over sends nothing to the network', () => {
  let desktop: RealDesktop
  let listener: Listener
  beforeAll(async () => {
    if (reason !== undefined) return
    listener = await listen()
    desktop = await startRealDesktop()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    listener?.close()
  })

  const attempt = (way: string) => {
    const source = `(async (host) => { ${HELPERS} ${way} })('127.0.0.1:${listener.port}')`
    const deadline = `new Promise((resolve) => setTimeout(resolve, 1000, 'tried'))`
    return desktop.page.evaluate(`Promise.race([${source}, ${deadline}]).then(() => 'tried', () => 'refused')`)
  }

  test.each(Object.entries(WAYS))('by %s', async (_name, way) => {
    const before = listener.count()
    await attempt(way)
    // The console's answer arrives after everything that was sent before its request.
    expect(await desktop.state()).toMatchObject({ shell: 'desktop' })
    expect(listener.count() - before).toBe(0)
    expect(desktop.page.url()).toMatch(/^app:\/\/console\//)
  })

  test('and the same listener hears what does reach it', async () => {
    const before = listener.count()
    await fetch(`http://127.0.0.1:${listener.port}/`, { signal: AbortSignal.timeout(200) }).catch(() => undefined)
    expect(listener.count() - before).toBe(1)
  })
})
