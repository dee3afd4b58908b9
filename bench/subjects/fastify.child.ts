import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'
import { given } from './arguments.ts'

const app = fastify({ bodyLimit: 1024 * 1024 * 1024 })
await app.register(httpProxy, {
  upstream: `http://127.0.0.1:${given.upstreamPort}`,
  preHandler: (request, reply, next) => {
    if (request.headers.authorization === given.bearer) next()
    else reply.code(401).send({ error: 'no key' })
  },
})
await app.listen({ port: given.port, host: '127.0.0.1' })
