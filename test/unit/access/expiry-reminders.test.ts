import { expect, test } from 'vitest'
import { dueReminder } from '#shared/keys/expiry.ts'
import type { Key } from '#shared/keys/key.ts'
import { ExpiryReminders } from '../../../src-main/app/operations/expiry-reminders.ts'
import { storedKey } from '../../store/fixtures.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 7, 14)

test.each<[string, Partial<Key>, number | null]>([
  ['a week before', { expiresAt: NOW + 7 * DAY_MS }, 7 * DAY_MS],
  ['not earlier', { expiresAt: NOW + 7 * DAY_MS + 1 }, null],
  ['a day before', { expiresAt: NOW + DAY_MS }, DAY_MS],
  ['not of a key that has expired', { expiresAt: NOW }, null],
  ['not of a key without a date', { expiresAt: null }, null],
  ['not of a key that is switched off', { expiresAt: NOW + DAY_MS, enabled: false }, null],
  ['not for a week of a key made for a week', { createdAt: NOW, expiresAt: NOW + 7 * DAY_MS }, null],
  ['a day before of a key made for a week', { createdAt: NOW - 6 * DAY_MS, expiresAt: NOW + DAY_MS }, DAY_MS],
  ['not of a key made for a day', { createdAt: NOW, expiresAt: NOW + DAY_MS }, null],
])('a reminder is due %s', (_, fields, due) => {
  expect(dueReminder({ enabled: true, createdAt: NOW - 90 * DAY_MS, expiresAt: null, ...fields }, NOW)).toBe(due)
})

test('each reminder comes once, and again after the date has changed', async () => {
  let now = NOW
  let expiresAt = NOW + 6 * DAY_MS
  const reminded: string[] = []
  const reminders = new ExpiryReminders({
    keys: async () => [{ ...storedKey('old').key, createdAt: NOW - 90 * DAY_MS, expiresAt }],
    now: () => now,
    remind: (key) => reminded.push(`${(expiresAt - now) / DAY_MS} days: ${key.name}`),
  })
  const lookAfter = async (days: number) => {
    now += days * DAY_MS
    await reminders.look()
    return reminded.splice(0)
  }
  const { name } = storedKey('old').key
  expect(await lookAfter(0)).toEqual([`6 days: ${name}`])
  expect(await lookAfter(1)).toEqual([])
  expect(await lookAfter(4)).toEqual([`1 days: ${name}`])
  expect(await lookAfter(0.5)).toEqual([])
  expiresAt += 90 * DAY_MS
  expect(await lookAfter(0)).toEqual([])
  expect(await lookAfter(84)).toEqual([`6.5 days: ${name}`])
})
