import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedProgram } from './program.ts'
import { FIXED_SECRET, type TlsPlace } from './subject.ts'

/**
 * Configured as in common guides: keys in a map, no buffering, kept-alive connections to the upstream. Its access log
 * is its record.
 */
export const nginx = installedProgram({
  name: 'nginx',
  path: '/usr/sbin/nginx',
  package: 'nginx',
  configure({ port, upstreamPort, dir, tls }) {
    const file = join(dir, 'nginx.conf')
    writeFileSync(file, configuration({ upstreamPort, dir, listen: listenLines(port, tls) }))
    return ['-c', file, '-e', join(dir, 'nginx-error.log')]
  },
})

function listenLines(port: number, tls: TlsPlace | undefined): string {
  if (tls === undefined) return `listen 127.0.0.1:${port};`
  return `listen ${tls.address}:${port} ssl;
    ssl_certificate ${tls.certFile};
    ssl_certificate_key ${tls.keyFile};
    ssl_protocols TLSv1.2 TLSv1.3;`
}

const configuration = ({ upstreamPort, dir, listen }: { upstreamPort: number; dir: string; listen: string }) => `
${userLine()}daemon off;
worker_processes auto;
pid ${dir}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log ${dir}/nginx-access.log;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path ${dir}/nginx-body;
  proxy_temp_path ${dir}/nginx-proxy;
  fastcgi_temp_path ${dir}/nginx-fastcgi;
  uwsgi_temp_path ${dir}/nginx-uwsgi;
  scgi_temp_path ${dir}/nginx-scgi;
  map_hash_bucket_size 128;
  map $http_authorization $key_is_known {
    default 0;
    "Bearer ${FIXED_SECRET}" 1;
  }
  upstream ollama {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 1000000;
  }
  server {
    ${listen}
    client_max_body_size 0;
    location / {
      if ($key_is_known = 0) { return 401; }
      proxy_pass http://ollama;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host localhost:11434;
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`

/** If root starts it, its workers run as another user, who may not write in our folder. */
function userLine(): string {
  return process.getuid?.() === 0 ? 'user root;\n' : ''
}
