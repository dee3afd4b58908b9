/**
 * Runs work that says now and then that it gets on (`alive`), and calls `onSilence` when it has not for so long. That call
 * is to end the work; its outcome is that of the whole.
 */
export async function whileAlive<T>(
  silenceMs: number,
  onSilence: () => void,
  work: (alive: () => void) => Promise<T>,
): Promise<T> {
  const timer = setTimeout(onSilence, silenceMs)
  try {
    return await work(() => void timer.refresh())
  } finally {
    clearTimeout(timer)
  }
}
