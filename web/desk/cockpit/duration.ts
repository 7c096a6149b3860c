// How long something took, for people.
export const DAY = 86_400_000

const SIZES: ['d' | 'h' | 'min' | 's', number][] = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]]

/** A duration for people: `45 s`, `12 min`, `3.5 h`, `2.1 d`, with the units of the language. */
export function duration(seconds: number | null | undefined, units: Record<'s' | 'min' | 'h' | 'd', string>): string {
  if (seconds === null || seconds === undefined) return '—'
  const [unit, size] = SIZES.find(([, least]) => seconds >= least) ?? ['s', 1]
  return `${Number((seconds / size).toFixed(size > 60 ? 1 : 0))} ${units[unit]}`
}
