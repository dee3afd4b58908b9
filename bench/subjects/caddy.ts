import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedProgram } from './program.ts'
import { FIXED_SECRET } from './subject.ts'

/**
 * Configured as in common guides: a header matcher for the key, every chunk flushed at once. It has no access log by
 * default.
 */
export const caddy = installedProgram({
  name: 'Caddy',
  path: '/usr/bin/caddy',
  package: 'caddy',
  configure({ port, upstreamPort, dir }) {
    const file = join(dir, 'Caddyfile')
    writeFileSync(file, configuration(port, upstreamPort))
    return ['run', '--config', file, '--adapter', 'caddyfile']
  },
})

const configuration = (port: number, upstreamPort: number) => `
{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  @known header Authorization "Bearer ${FIXED_SECRET}"
  handle @known {
    reverse_proxy 127.0.0.1:${upstreamPort} {
      header_up Host localhost:11434
      flush_interval -1
    }
  }
  handle {
    respond 401
  }
}
`
