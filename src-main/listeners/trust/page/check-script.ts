/**
 * Shows whether this device trusts the certificate already: it asks the https address, which the browser refuses unless it
 * does. It asks again when the person comes back from the settings. Constant, because the page's policy allows its hash.
 */
export const CHECK_SCRIPT = `(() => {
const box = document.getElementById('check')
const parts = [...box.querySelectorAll('[data-when]')]
const show = (state) => { for (const part of parts) part.hidden = part.dataset.when !== state }
const again = box.querySelector('button')
let isAsking = false
const ask = async () => {
  if (isAsking) return
  isAsking = true
  const end = new AbortController()
  const deadline = setTimeout(() => end.abort(), 15000)
  let answer = 'no'
  try {
    await fetch(box.dataset.address, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: end.signal })
    answer = 'yes'
  } catch {}
  clearTimeout(deadline)
  isAsking = false
  show(answer)
  box.dataset.answer = answer
}
if (Math.abs(Date.now() - Number(box.dataset.time)) > 3600000) document.getElementById('clock').hidden = false
again.hidden = false
again.addEventListener('click', () => { show('checking'); void ask() })
document.addEventListener('visibilitychange', () => { if (!document.hidden) void ask() })
show('checking')
void ask()
})()`
