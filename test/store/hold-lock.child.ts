import { acquireInstanceLock } from '../../src-main/store/sqlite/instance-lock.ts'

const lock = acquireInstanceLock(process.argv[2] ?? '')
process.stdout.write(lock === undefined ? 'refused\n' : 'locked\n')
setInterval(() => {}, 60_000)
