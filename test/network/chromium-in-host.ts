import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { chromiumArgs, chromiumPath } from '../support/chromium.ts'
import type { LanHost } from '../support/namespaces.ts'

/** Starts a Chromium in a host. `home`: a directory for its trusted certificates. */
export async function launchChromiumIn(host: LanHost, home: string): Promise<Browser> {
  await mkdir(home, { recursive: true })
  return chromium.launch({
    executablePath: await writeStarter(host, home),
    headless: true,
    args: chromiumArgs([]),
    env: { ...process.env, HOME: home },
  })
}

/** Playwright starts a program without words before it. It talks to the browser over pipes, which lead anywhere. */
async function writeStarter({ prefix }: LanHost, home: string): Promise<string> {
  const file = join(home, 'chromium.sh')
  const words = [...prefix, chromiumPath()].map((word) => `'${word}'`)
  await writeFile(file, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o700 })
  return file
}
