import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedProgram } from './program.ts'
import { FIXED_SECRET, type TlsPlace } from './subject.ts'

/**
 * Configured as in common guides: a header matcher for the key, every chunk flushed at once. It has no access log by
 * default.
 */
export const caddy = installedProgram({
  name: 'Caddy',
  path: '/usr/bin/caddy',
  package: 'caddy',
  configure({ port, upstreamPort, dir, tls }) {
    const file = join(dir, 'Caddyfile')
    writeFileSync(file, configuration(upstreamPort, siteLines(port, tls)))
    return ['run', '--config', file, '--adapter', 'caddyfile']
  },
})

function siteLines(port: number, tls: TlsPlace | undefined): string {
  if (tls === undefined) return `http://:${port} {\n  bind 127.0.0.1`
  return `https://:${port} {\n  bind ${tls.address}\n  tls ${tls.certFile} ${tls.keyFile}`
}

// Without HTTP/3, which would open a second port.
const configuration = (upstreamPort: number, site: string) => `
{
  admin off
  auto_https off
  servers {
    protocols h1 h2
  }
}
${site}
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
