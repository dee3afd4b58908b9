import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { type HandoverAppId, handoverApp } from '#shared/handover/apps.ts'
import { type HandoverPlan, MASKED_KEY } from '#shared/handover/handover.ts'
import { type Environment, folderFrom, joinOn } from './app-folders.ts'
import { type Bounds, type ConfigFileState, hashOf, lookAt } from './config-file.ts'
import { CONFIG_FILES, type ConfigFile, type Content, type FormatName } from './config-files.ts'
import type { Format } from './formats/format.ts'
import { JSONC } from './formats/jsonc.ts'
import { TOML } from './formats/toml.ts'
import { YAML } from './formats/yaml.ts'
import { newText } from './plan-text.ts'
import { previewOf } from './preview.ts'
import { refusal } from './refusals.ts'

const FORMATS: Readonly<Record<FormatName, Format>> = { jsonc: JSONC, toml: TOML, yaml: YAML }

interface PrepareOptions {
  readonly app: HandoverAppId
  /** Chosen by the person. */
  readonly models?: readonly string[] | undefined
  /** The upstream's models, for a person who chose none. */
  readonly known: readonly string[]
  readonly address: string
  readonly environment: Environment
}

/** A file's present state and its new content. */
export interface Change {
  readonly state: ConfigFileState
  readonly bytes: Buffer
}

export interface Planned {
  readonly plan: HandoverPlan
  /** The same changes with the real key. */
  withKey(secret: string): Change[]
}

/** Plans the changes that connect an app, without making them. Rejects with a PersonError if a change is impossible. */
export async function prepare({ app, models: chosen, known, address, environment }: PrepareOptions): Promise<Planned> {
  const models = modelsFor(app, chosen, known)
  const files = await findFiles(app, environment)
  const withKey = (secret: string) =>
    files.map(({ file, state }) => ({ state, bytes: newBytes(file, state, { address, secret, models }) }))
  const previews = withKey(MASKED_KEY).map(({ state, bytes }) => previewOf(state, bytes))
  const hashes = files.map(({ state }) => [state.path, state.target, hashOf(state.bytes)])
  const seen = createHash('sha256')
    .update(JSON.stringify([app, address, models, hashes]))
    .digest('hex')
  return { plan: { app, address, models: [...models], files: previews, seen }, withKey }
}

/** If a variable names an app's folder, the folder must exist: the variable may be misspelt. */
export function boundsOf(app: HandoverAppId, environment: Environment): Bounds {
  const { variable } = CONFIG_FILES[app]
  return {
    home: environment.home,
    mustExist: variable === undefined ? null : (folderFrom(environment, variable) ?? null),
  }
}

async function findFiles(app: HandoverAppId, environment: Environment) {
  const found: { file: ConfigFile; state: ConfigFileState }[] = []
  for (const file of CONFIG_FILES[app].files) {
    found.push({ file, state: await lookAt(await pathOf(app, file, environment), boundsOf(app, environment)) })
  }
  return found
}

/** The path of the file to edit or create. */
async function pathOf(app: HandoverAppId, { names, hides }: ConfigFile, environment: Environment): Promise<string> {
  const join = joinOn(environment)
  const folder = CONFIG_FILES[app].folder(environment)
  for (const name of names) if (await exists(join(folder, name))) return join(folder, name)
  const path = join(folder, names[0])
  const other = hides === undefined ? undefined : join(folder, hides)
  if (other !== undefined && (await exists(other))) throw refusal('handover_hides', { path, other })
  return path
}

function newBytes(file: ConfigFile, { path, bytes }: ConfigFileState, content: Content): Buffer {
  const result = newText(textOf(path, bytes), file.edits(content), FORMATS[file.format])
  if (result.kind === 'text') return Buffer.from(result.text)
  if (result.kind === 'not-parsed') throw refusal('handover_not_parsed', { path })
  throw refusal('handover_unexpected', { path, at: result.at })
}

/** The chosen models, or else the upstream's models that can chat. */
function modelsFor(app: HandoverAppId, chosen: readonly string[] | undefined, known: readonly string[]) {
  const chats = known.filter((name) => !name.includes('embed'))
  const [first, ...others] = chosen ?? (chats.length === 0 ? known : chats)
  if (first === undefined) throw refusal('handover_no_model')
  return handoverApp(app).models === 'one' ? ([first] as const) : ([first, ...others] as const)
}

function textOf(path: string, bytes: Buffer | null): string | null {
  if (bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw refusal('handover_not_parsed', { path }, error)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
