import { useEffect, useState } from 'react'
import { text } from '../../text/text.ts'
import classes from './pairing.module.css'

const SECOND = 1000

/** Counts down to a point in time (ms UTC). It redraws when a second begins, so it skips and repeats none. */
export function TimeLeft({ until }: { until: number }) {
  const [left, setLeft] = useState(() => secondsUntil(until))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const tick = () => {
      setLeft(secondsUntil(until))
      const rest = until - Date.now()
      if (rest > 0) timer = setTimeout(tick, rest % SECOND || SECOND)
    }
    tick()
    return () => clearTimeout(timer)
  }, [until])
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  // Screen readers do not announce a timer by themselves, and each second would be too much.
  return (
    <span role="timer" aria-label={text.pairing.timeLeft({ time })} className={classes.time}>
      {time}
    </span>
  )
}

function secondsUntil(until: number): number {
  return Math.max(0, Math.ceil((until - Date.now()) / SECOND))
}
