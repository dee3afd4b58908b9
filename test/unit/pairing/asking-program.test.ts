import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { imageInTasklist, pidInLsof, pidInNetstat } from '../../../src-main/pairing/asker/commands.ts'
import { describeAsker } from '../../../src-main/pairing/asker/describe-asker.ts'
import { createFindProgram } from '../../../src-main/pairing/asker/find-program.ts'
import { inodeIn } from '../../../src-main/pairing/asker/linux.ts'
import { type Connection, programAt, windowsProgram } from '../../../src-main/pairing/asker/program.ts'
import type { AppRequest } from '../../../src-main/pairing/ports.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const CONNECTION: Connection = {
  client: { address: '127.0.0.1', port: 53312 },
  gateway: { address: '127.0.0.1', port: 11500 },
}

describe.runIf(process.platform === 'linux')('a real connection on Linux', () => {
  let server: Server
  let folder: TempDir
  const closing: (() => unknown)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0)) close()
    server.close()
    await folder.remove()
  })

  async function connectFrom(address: string, script: string): Promise<Socket> {
    folder = await createTempDir()
    server = createServer().listen(0, address)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const file = join(folder.path, script)
    await writeFile(file, `require('node:net').connect(${port}, '${address}'); setInterval(() => {}, 1000)`)
    const child = spawn(process.execPath, [file, '--token=not-to-be-shown'])
    closing.push(() => child.kill('SIGKILL'))
    const [socket] = (await once(server, 'connection')) as [Socket]
    closing.push(() => socket.destroy())
    return socket
  }

  function endsOf(socket: Socket): Connection {
    return {
      client: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      gateway: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    }
  }

  const find = createFindProgram({ platform: 'linux', env: {} })

  test.each(['127.0.0.1', '::1'])('is traced to its program and script, from %s', async (address) => {
    const socket = await connectFrom(address, 'weather report.cjs')
    const program = await find(endsOf(socket))
    expect(program).toEqual({ name: 'node (weather report.cjs)', path: process.execPath })
  })

  test('belongs to nobody once it has ended', async () => {
    const socket = await connectFrom('127.0.0.1', 'short.cjs')
    const ends = endsOf(socket)
    for (const close of closing.splice(0)) close()
    await once(socket, 'close')
    expect(await find(ends)).toBeUndefined()
  })

  test('of the same ports at another address is another connection', async () => {
    const socket = await connectFrom('127.0.0.1', 'other.cjs')
    const { client, gateway } = endsOf(socket)
    expect(
      await find({ client: { ...client, address: '::1' }, gateway: { ...gateway, address: '::1' } }),
    ).toBeUndefined()
  })

  test('is traced to a program that is no interpreter by its own name', async () => {
    folder = await createTempDir()
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await mkdir(join(folder.path, 'Cherry Studio'))
    const binary = join(folder.path, 'Cherry Studio', 'cherry-studio')
    await copyFile(process.execPath, binary)
    const child = spawn(binary, [
      '-e',
      `require('node:net').connect(${port}, '127.0.0.1'); setInterval(() => {}, 1000)`,
    ])
    closing.push(() => child.kill('SIGKILL'))
    const [socket] = (await once(server, 'connection')) as [Socket]
    closing.push(() => socket.destroy())
    expect(await find(endsOf(socket))).toEqual({ name: 'cherry-studio', path: binary })
  })
})

test('the kernel’s table names a socket of either family, and only an established one', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:2CEC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0',
    '   1: 0100007F:D040 0100007F:2CEC 06 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 100 0 0 10 0',
    '   2: 0100007F:D041 0100007F:2CEC 01 00000000:00000000 00:00000000 00000000  1000        0 33 1 0 20 4 30 10 -1',
  ].join('\n')
  expect(inodeIn(table, CONNECTION)).toBeUndefined()
  expect(inodeIn(table, { ...CONNECTION, client: { address: '127.0.0.1', port: 53313 } })).toBe('33')
  const mapped = table.replaceAll('0100007F', '0000000000000000FFFF00000100007F')
  expect(inodeIn(mapped, { ...CONNECTION, client: { address: '::ffff:127.0.0.1', port: 53313 } })).toBe('33')
  expect(inodeIn('', CONNECTION)).toBeUndefined()
})

test('lsof’s listing names the process above the connection', () => {
  const listing = 'p77\nf9\nn127.0.0.1:11500->127.0.0.1:53312\np4242\nf20\nn127.0.0.1:53312->127.0.0.1:11500\n'
  expect(pidInLsof(listing, CONNECTION)).toBe('4242')
  const v6 = { client: { address: '::1', port: 53312 }, gateway: { address: '::1', port: 11500 } }
  expect(pidInLsof(listing, v6)).toBeUndefined()
  expect(pidInLsof(listing.replaceAll('127.0.0.1', '[::1]'), v6)).toBe('4242')
  expect(pidInLsof('', CONNECTION)).toBeUndefined()
})

test('netstat’s listing names the process whatever the language of the state', () => {
  const listing = [
    '',
    'Aktive Verbindungen',
    '',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:11500        127.0.0.1:53312        HERGESTELLT      77',
    '  TCP    127.0.0.1:53312        127.0.0.1:11500        HERGESTELLT      4242',
  ].join('\r\n')
  expect(pidInNetstat(listing, CONNECTION)).toBe('4242')
  expect(pidInNetstat('', CONNECTION)).toBeUndefined()
})

test('tasklist’s line names the program, and its sentence none', () => {
  expect(imageInTasklist('\r\n"Cherry Studio.exe","4242","Console","1","123,456 K"\r\n')).toBe('Cherry Studio.exe')
  expect(imageInTasklist('INFO: No tasks are running which match the specified criteria.')).toBeUndefined()
})

test('a program is named as a person knows it', () => {
  expect(programAt('/Applications/Chatbox.app/Contents/Frameworks/Helper.app/Contents/MacOS/Helper').name).toBe(
    'Chatbox',
  )
  expect(programAt('/usr/bin/python3.12', '/home/me/bots/report.py').name).toBe('python3.12 (report.py)')
  expect(programAt('/opt/google/chrome/chrome', 'https://example.com/?token=1').name).toBe('chrome')
  expect(windowsProgram('Cherry Studio.exe').name).toBe('Cherry Studio.exe')
})

test('a program’s name cannot pass for another’s', async () => {
  const named = async (path: string) => {
    const facts = {
      computer: '',
      findProgram: () => Promise.resolve(programAt(path)),
      originName: () => null,
      isBlocked: () => false,
    }
    const request = { connection: CONNECTION, userAgent: null, origin: null, device: null } as AppRequest
    const { asker } = await describeAsker({ request, origin: null, claim: '', returnsTo: null }, facts)
    return asker.program?.name
  }
  expect(await named('/tmp/good\u202e\n\u0007name')).toBe('good name')
  expect(await named(`/tmp/${'x'.repeat(200)}`)).toHaveLength(40)
})

test('a system that Latchkey does not know tells nothing', async () => {
  expect(await createFindProgram({ platform: 'aix', env: {} })(CONNECTION)).toBeUndefined()
})
