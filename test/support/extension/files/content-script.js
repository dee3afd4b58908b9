// Its page passes a request on and gets the answer back; the fetch is the content script's.
window.addEventListener('message', async ({ data }) => {
  if (data.ask !== undefined) window.postMessage({ answered: await globalThis.ask(data.ask) })
})
document.documentElement.dataset.asker = 'ready'
