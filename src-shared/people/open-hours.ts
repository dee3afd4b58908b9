import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d'

/**
 * A part of the day in local time, such as `07:30-20:00`. It includes its first minute and excludes its last; `22:00-06:00`
 * goes past midnight.
 */
export const openHoursSchema = z
  .string()
  .regex(new RegExp(`^${TIME}-${TIME}$`), INPUT_SENTENCES.hours_wrong)
  .refine((text) => text.slice(0, 5) !== text.slice(6), INPUT_SENTENCES.hours_wrong)
