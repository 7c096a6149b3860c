// Photos before and after the fix, paired by the angle they were taken from.
import type { Evidence } from '@shared/types'

export interface Pair {
  angle: string
  before: Evidence | null
  after: Evidence | null
}

const EARTH_M = 6_371_000
const rad = (degrees: number) => (degrees * Math.PI) / 180

/** The n-th photo of an angle from before with the n-th of the same angle from after; with one angle or none, whatever there is. */
export function pairsOf(files: Evidence[]): Pair[] {
  const of = (kind: Evidence['kind']) => files.filter((file) => file.kind === kind)
  const [before, after] = [of('photo_before'), of('photo_after')]
  const one = new Set(before.map((file) => file.angle)).size < 2
  const angles = one ? [before[0]?.angle ?? after[0]?.angle ?? ''] : [...new Set([...before, ...after].map((file) => file.angle))]
  return angles.flatMap((angle) => {
    const first = before.filter((file) => one || file.angle === angle)
    const then = after.filter((file) => one || file.angle === angle)
    return Array.from({ length: Math.max(first.length, then.length) }, (_, n) => ({ angle, before: first[n] ?? null, after: then[n] ?? null }))
  })
}

/** Metres between two photos that both say where they were taken. */
export function apart({ before, after }: Pair): number | null {
  if (before?.lat == null || before.lon == null || after?.lat == null || after.lon == null) return null
  const half =
    Math.sin(rad(after.lat - before.lat) / 2) ** 2 + Math.cos(rad(before.lat)) * Math.cos(rad(after.lat)) * Math.sin(rad(after.lon - before.lon) / 2) ** 2
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half))))
}
