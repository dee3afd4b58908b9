// Asks the person for a key to the AI on their computer. Plain JavaScript without dependencies: copy this file into your
// app. It runs in pages, extensions, Node, Deno and Bun. It uses OAuth's device grant, RFC 8628.

/**
 * @typedef {object} Connection
 * @property {string} key Send it as `Authorization: Bearer <key>`. It is given once: keep it where only your app reads it.
 * @property {string} baseUrl Ollama's API is here, and OpenAI's at `${baseUrl}/v1`.
 *
 * @typedef {object} ConnectOptions
 * @property {string} name What your app is called. The person sees it.
 * @property {(code: { code: string, url: string, seconds: number }) => void} onCode Show the code. The person compares it
 *   with the one in Latchkey, and has this many seconds for it. `url` is a page that says where to look.
 * @property {string} [address] Where Latchkey is: `http://localhost:11500` unless the person chose another port.
 * @property {AbortSignal} [signal] Stops asking, such as when the person closes your dialog.
 */

/**
 * Why there is no key. `code` is one of these:
 * `not_running`: nothing answers at the address, or the browser does not let this page ask there.
 * `not_latchkey`: something else answers there.
 * `switched_off`: the person does not let apps ask. They can still paste a key.
 * `refused`: Latchkey does not answer this app; the message says why.
 * `busy`: too many requests; try again after `retryAfter` seconds.
 * `no_answer`: the person declined, or did not answer in time. The answer does not say which.
 */
export class LatchkeyError extends Error {
  /** @override */
  name = 'LatchkeyError'

  /**
   * @param {'not_running' | 'not_latchkey' | 'switched_off' | 'refused' | 'busy' | 'no_answer'} code
   * @param {string} message
   * @param {number} [retryAfter] In seconds.
   */
  constructor(code, message, retryAfter) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * Asks, and waits for the person's answer. Rejects with a `LatchkeyError`, or with the signal's reason.
 *
 * @param {ConnectOptions} options
 * @returns {Promise<Connection>}
 */
export async function connect({ name, onCode, address = 'http://localhost:11500', signal }) {
  const about = await find(address, signal)
  const asked = await post(about.pairing.device_authorization, { client_id: name }, signal)
  if (!asked.ok) throw refusal(asked)
  const { device_code, user_code, verification_uri, expires_in, interval } = asked.body
  onCode({ code: user_code, url: verification_uri, seconds: expires_in })

  let seconds = interval
  for (;;) {
    await sleep(seconds, signal)
    const fields = { grant_type: DEVICE_GRANT, client_id: name, device_code }
    const answer = await post(about.pairing.token, fields, signal)
    if (answer.ok) return { key: answer.body.access_token, baseUrl: about.address }
    if (answer.body.error === 'slow_down') seconds += 5
    else if (answer.body.error === 'expired_token') throw new LatchkeyError('no_answer', 'There was no answer.')
    else if (answer.body.error !== 'authorization_pending') throw refusal(answer)
  }
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
async function find(address, signal) {
  const response = await request(`${address}/.well-known/latchkey`, {}, signal)
  const about = await response.json().catch(() => undefined)
  if (about?.name !== 'Latchkey') throw new LatchkeyError('not_latchkey', `Latchkey is not at ${address}.`)
  if (about.pairing === null) throw new LatchkeyError('switched_off', 'Latchkey does not let apps ask for a key.')
  return about
}

/**
 * @param {string} url
 * @param {Record<string, string>} fields
 * @param {AbortSignal} [signal]
 */
async function post(url, fields, signal) {
  const response = await request(url, { method: 'POST', body: new URLSearchParams(fields) }, signal)
  const body = await response.json().catch(() => ({}))
  return { ok: response.ok, status: response.status, retryAfter: Number(response.headers.get('Retry-After')), body }
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @param {AbortSignal} [signal]
 */
async function request(url, init, signal) {
  try {
    return await fetch(url, { ...init, signal: signal ?? null, cache: 'no-store' })
  } catch {
    signal?.throwIfAborted()
    throw new LatchkeyError('not_running', `Nothing answers at ${new URL(url).origin}. Is Latchkey running?`)
  }
}

/** @param {{ status: number, retryAfter: number, body: { error_description?: string } }} answer */
function refusal({ status, retryAfter, body }) {
  const message = body.error_description ?? `Latchkey answered with status ${status}.`
  return status === 429 ? new LatchkeyError('busy', message, retryAfter) : new LatchkeyError('refused', message)
}

/**
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, seconds * 1000)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
