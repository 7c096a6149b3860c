// Moments as an office reads them: local dates, and 24:00 of the day before instead of 00:00 for a deadline.
import { session } from './session'

const DAY = 86_400_000

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  weekday: string
}

function parts(moment: Date): Parts {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: session.me?.timezone ?? 'Asia/Shanghai',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
    hourCycle: 'h23',
  })
  return Object.fromEntries(format.formatToParts(moment).map((part) => [part.type, part.value])) as unknown as Parts
}

const WEEKDAYS: Record<string, string> = { Mon: '一', Tue: '二', Wed: '三', Thu: '四', Fri: '五', Sat: '六', Sun: '日' }

/** `2026-10-12 09:00` in the installation's zone. */
export function moment(iso: string | null | undefined): string {
  if (!iso) return '—'
  const { year, month, day, hour, minute } = parts(new Date(iso))
  return `${year}-${month}-${day} ${hour}:${minute}`
}

/** `2026-10-12` in the installation's zone. */
export const date = (iso: string | null | undefined): string => moment(iso).slice(0, 10)

export interface Due {
  date: string
  weekday: string
  time: string
}

/** A deadline: midnight belongs to the day that ends there and is written 24:00. */
export function due(iso: string): Due {
  const at = new Date(iso)
  const own = parts(at)
  if (own.hour !== '00' || own.minute !== '00') return shown(own, `${own.hour}:${own.minute}`)
  return shown(parts(new Date(at.getTime() - DAY / 2)), '24:00')
}

function shown(found: Parts, time: string): Due {
  return { date: `${found.year}-${found.month}-${found.day}`, weekday: WEEKDAYS[found.weekday] ?? '', time }
}

/** `2026-10-09（周五）24:00`. */
export function dueText(iso: string | null | undefined, locale = 'zh-CN'): string {
  if (!iso) return '—'
  const found = due(iso)
  return locale === 'en' ? `${found.date} ${found.time}` : `${found.date}（周${found.weekday}）${found.time}`
}

/** `10-09 周五`, with the time when it is not the end of the day: for narrow places. */
export function dueShort(iso: string | null | undefined, locale = 'zh-CN'): string {
  if (!iso) return '—'
  const found = due(iso)
  const day = locale === 'en' ? found.date.slice(5) : `${found.date.slice(5)} 周${found.weekday}`
  return found.time === '24:00' ? day : `${day} ${found.time}`
}

/** How long from one moment to a later one by the calendar, in whole minutes; null when it is not later. */
export function lasting(from: string, to: string): { days: number; hours: number; minutes: number } | null {
  const all = Math.round((Date.parse(to) - Date.parse(from)) / 60_000)
  return all > 0 ? { days: Math.floor(all / 1440), hours: Math.floor((all % 1440) / 60), minutes: all % 60 } : null
}

/** The day so many days after one written as 2026-10-12. */
export const daysLater = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
