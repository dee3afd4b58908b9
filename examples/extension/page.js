import { connect } from './latchkey.js'

/** @typedef {import('./latchkey.js').Connection} Connection */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (element(id))
/** @param {unknown} text */
const say = (text) => (element('status').textContent = String(text))

/** @type {Connection | undefined} */
let connection

element('connect').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    const address = field('address').value
    await use(await connect({ name: 'Latchkey example', address, onCode: ({ code }) => show(code) }))
    await chrome.storage.local.set({ connection })
  } catch (error) {
    say(error instanceof Error ? error.message : error)
  } finally {
    show('')
  }
})

element('ask').addEventListener('submit', async (event) => {
  event.preventDefault()
  say('Asking…')
  const messages = [{ role: 'user', content: field('question').value }]
  const answer = await call('/v1/chat/completions', { model: field('model').value, messages })
  say(answer.choices?.[0].message.content ?? answer.error?.message)
})

element('forget').addEventListener('click', async () => {
  await chrome.storage.local.remove('connection')
  location.reload()
})

// The storage of an extension is its own: no page reads it.
const kept = await chrome.storage.local.get('connection')
if (kept['connection'] !== undefined) await use(/** @type {Connection} */ (kept['connection']))

/** @param {Connection} made */
async function use(made) {
  connection = made
  const { data = [], error } = await call('/v1/models')
  // The person deleted or switched off the key: the message says so.
  if (error !== undefined) {
    say(error.message)
    return
  }
  element('model').replaceChildren(...data.map((/** @type {{ id: string }} */ { id }) => new Option(id)))
  element('connect').hidden = true
  element('ask').hidden = false
  say('Connected.')
}

/**
 * @param {string} path
 * @param {object} [body]
 */
async function call(path, body) {
  const headers = { Authorization: `Bearer ${connection?.key}`, 'Content-Type': 'application/json' }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${connection?.baseUrl}${path}`, init)
  return response.json()
}

/** @param {string} code */
function show(code) {
  element('code').textContent = code
  element('code').hidden = code === ''
  if (code !== '') say('Compare this code with the one in Latchkey, and allow it there.')
}
