import { connect, LatchkeyError } from '../latchkey.js'

/** @param {string} id */
const element = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id))
/** @param {string} text */
const say = (text) => (element('status').textContent = text)
// Only where Latchkey is not at its usual port: index.html?latchkey=http://localhost:11600
const address = new URLSearchParams(location.search).get('latchkey') ?? 'http://localhost:11500'

/** Kept until the page is closed. To keep it longer, put it where only your site reads it, such as localStorage. */
let connection = { key: '', baseUrl: '' }

element('connect').addEventListener('click', async () => {
  const stopping = new AbortController()
  element('stop').onclick = () => stopping.abort()
  element('stop').hidden = false
  try {
    connection = await connect({ name: 'Translator', address, onCode: showCode, signal: stopping.signal })
    element('translate').hidden = false
    say('Connected.')
  } catch (error) {
    if (stopping.signal.aborted) say('Stopped.')
    else if (error instanceof LatchkeyError) say(error.message)
    else throw error
  } finally {
    element('stop').hidden = true
    element('code').textContent = ''
  }
})

element('translate').addEventListener('submit', async (event) => {
  event.preventDefault()
  const headers = { Authorization: `Bearer ${connection.key}` }
  const tags = await (await fetch(`${connection.baseUrl}/api/tags`, { headers })).json()
  const prompt = `Translate into French: ${element('text').value}`
  const body = JSON.stringify({ model: tags.models[0]?.name, prompt, stream: false })
  const answer = await (await fetch(`${connection.baseUrl}/api/generate`, { method: 'POST', headers, body })).json()
  say(answer.response ?? answer.error)
})

/** @param {{ code: string }} asked */
function showCode({ code }) {
  element('code').textContent = code
  say('Compare this code with the one in Latchkey, and allow it there.')
}
