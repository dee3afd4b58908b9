// What a chat extension does: one request, read piece by piece. Answers with what its code gets to see.
globalThis.ask = async ({ url, ...init }) => {
  try {
    const response = await fetch(url, init)
    const decoder = new TextDecoder()
    const pieces = []
    // Not `for await`: Firefox's content scripts cannot iterate over a body.
    const reader = response.body.getReader()
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      pieces.push(decoder.decode(step.value, { stream: true }))
    }
    return { status: response.status, pieces: pieces.length, text: pieces.join('') }
  } catch (error) {
    return { failed: error.message }
  }
}
