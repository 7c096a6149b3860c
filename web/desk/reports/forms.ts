// The kinds of reports in the order of their rhythm, and how the period before or after one is named.
export const FORMS = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'form-a', 'form-c', 'coverage', 'sectors', 'assessment'] as const

/** The key of the period beside the one that begins and ends on these days: -1 the one before, 1 the one after. */
export function neighbour(key: string, starts_on: string, ends_on: string, step: -1 | 1): string {
  const day = new Date(`${step < 0 ? starts_on : ends_on}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + step)
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()]
  if (/-W/.test(key)) return week(day)
  if (/-Q/.test(key)) return `${year}-Q${Math.floor(month / 3) + 1}`
  if (/^\d{4}$/.test(key)) return String(year)
  const text = day.toISOString()
  return key.length === 10 ? text.slice(0, 10) : text.slice(0, 7)
}

/** The ISO week of a day: the one of its Thursday. */
function week(day: Date): string {
  const thursday = new Date(day)
  thursday.setUTCDate(day.getUTCDate() + 3 - ((day.getUTCDay() + 6) % 7))
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const n = Math.floor((thursday.getTime() - first) / 604_800_000) + 1
  return `${thursday.getUTCFullYear()}-W${String(n).padStart(2, '0')}`
}
