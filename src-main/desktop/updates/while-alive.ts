/**
 * Runs work that reports progress by calling `alive`, and calls `onSilence` when no call has come for the given time.
 * `onSilence` must end the work. Settles as the work does.
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
