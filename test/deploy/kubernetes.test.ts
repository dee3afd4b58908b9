import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readPackaged, serveAsDeployed, statusFor } from '../support/deployed.ts'
import { startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { createTempDir } from '../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const objectSchema = z.looseObject({ apiVersion: z.string(), kind: z.string() })
type KubernetesObject = z.infer<typeof objectSchema>

const objects = ['latchkey.yaml', 'secret.example.yaml'].flatMap((file) =>
  parseAllDocuments(readPackaged(`kubernetes/${file}`)).map((document) => objectSchema.parse(document.toJS())),
)

const probe = z.object({ httpGet: z.object({ path: z.string() }) })
const statefulSetSchema = z.object({
  kind: z.literal('StatefulSet'),
  spec: z.object({
    replicas: z.number(),
    template: z.object({
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        containers: z.tuple([
          z.looseObject({
            args: z.array(z.string()),
            readinessProbe: probe,
            livenessProbe: probe,
            securityContext: z.unknown(),
          }),
        ]),
      }),
    }),
  }),
})

const statefulSet = statefulSetSchema.parse(objects.find(({ kind }) => kind === 'StatefulSet'))
const pod = statefulSet.spec.template.spec
const [container] = pod.containers

/** Where `kubernetes-types` has the type of an object: its definitions are Kubernetes' own, made from its OpenAPI. */
function moduleOf({ apiVersion }: KubernetesObject): string {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
  return `kubernetes-types/${group.replace(/\..*$/, '')}/${version}`
}

/** What the compiler says about objects as literals: unknown fields, missing ones and wrong types. */
async function complaints(all: readonly KubernetesObject[]): Promise<string> {
  const directory = await createTempDir()
  onTestFinished(directory.remove)
  const lines = all.map((one, index) => {
    const literal = JSON.stringify(one, null, 1)
    return `import type { ${one.kind} as T${index} } from '${moduleOf(one)}'\nexport const o${index}: T${index} = ${literal}\n`
  })
  const file = join(directory.path, 'objects.ts')
  await writeFile(file, lines.join(''))
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'preserve',
      target: 'esnext',
      types: [],
      paths: { '*': [join(ROOT, 'node_modules', '*')] },
    },
    files: [file],
  }
  await writeFile(join(directory.path, 'tsconfig.json'), JSON.stringify(config))
  return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory.path], { encoding: 'utf8' }).stdout
}

function secondsOf(flag: string): number {
  return Number(container.args.find((one) => one.startsWith(`--${flag}=`))?.split('=')[1])
}

describe('the objects for Kubernetes', () => {
  test('have the fields that Kubernetes knows, and no others', async () => {
    expect(objects.length).toBeGreaterThan(8)
    expect(await complaints(objects)).toBe('')
    const [namespace] = objects
    expect(await complaints([{ ...objectSchema.parse(namespace), metdata: {} }])).toContain('metdata')
  })

  test('give a gateway the time that its drain takes', () => {
    const drain = secondsOf('drain-delay') + secondsOf('drain-timeout')
    expect(drain).toBeGreaterThan(0)
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drain + 10)
  })

  test('ask a gateway whether it is ready, and restart it only if it is dead', () => {
    const { readinessProbe, livenessProbe } = container
    expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual(['/readyz', '/healthz'])
    expect(statefulSet.spec.replicas).toBeGreaterThanOrEqual(2)
  })

  test('let a gateway do nothing but write into its folder', () => {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  const whyNot = whyNoPostgres()
  test('start gateways that are ready, for their own addresses and the name of the ingress', async (context) => {
    context.skip(whyNot !== undefined, whyNot)
    const postgres = await startPostgres()
    try {
      const serve = await serveAsDeployed(container.args, await postgres.createDatabase())
      for (const host of [`127.0.0.1:${serve.port}`, 'ai.example']) {
        expect(await statusFor(serve, host, '/readyz')).toBe(200)
        expect(await statusFor(serve, host, '/healthz')).toBe(200)
      }
      expect(await statusFor(serve, 'evil.example', '/readyz')).toBe(403)
    } finally {
      await postgres.remove()
    }
  })
})
