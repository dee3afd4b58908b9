// What a chat extension does: one request, read piece by piece. Answers with what its code gets to see.
globalThis.ask = async ({ url, method, headers, body, credentials }) => {
  try {
    const response = await fetch(url, { method, headers, body, credentials })
    const decoder = new TextDecoder()
    const pieces = []
    for await (const piece of response.body) pieces.push(decoder.decode(piece, { stream: true }))
    return { status: response.status, pieces: pieces.length, text: pieces.join('') }
  } catch (error) {
    return { failed: error.message }
  }
}
