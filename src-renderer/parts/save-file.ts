/** Lets the person keep a text as a file. A blob of the page's own: the desktop app lets nothing else be saved. */
export function saveFile(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads the blob after the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
