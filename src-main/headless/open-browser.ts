/** Opens the link if a desktop is present. A failure is not an error, because the link is printed as well. */
export async function openBrowser(url: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  if (!process.stdout.isTTY || !hasScreen(env)) return
  try {
    const { default: open } = await import('open')
    const child = await open(url)
    child.on('error', () => undefined)
  } catch {
    // The link is printed as well.
  }
}

function hasScreen(env: Readonly<Record<string, string | undefined>>): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])
}
