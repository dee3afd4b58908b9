import { onTestFinished } from 'vitest'

/** Moves this process to another time zone until the test ends. */
export function moveTo(zone: string): void {
  const before = process.env['TZ']
  set(zone)
  onTestFinished(() => set(before))
}

function set(zone: string | undefined): void {
  // Assigning undefined would set the text 'undefined'.
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
}
