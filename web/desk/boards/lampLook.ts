// How lamps look where they are drawn large: the ink of each and a pattern, so that colour is never alone.
import { LAMPS, lampOf } from '@shared/lamp'

/** The strong colour of a lamp; that of deep red is its ground, as its sign is white on it. */
export function inkOf(lamp: string): string {
  const name = lampOf(lamp)
  if (name === 'none') return LAMPS.green.colour
  return name === 'deep_red' ? LAMPS.deep_red.ground : LAMPS[name].colour
}

/** The lines of a pattern in a square of ten by ten; what is green or clear has none. */
export const PATTERNS: Record<string, string> = {
  purple: 'M0 5H10M5 0V10',
  deep_red: 'M0 0L10 10M10 0L0 10',
  red: 'M0 10L10 0M-2 2L2 -2M8 12L12 8',
  orange: 'M2 5h2M7 0h2M7 10h2',
  yellow: 'M0 5H10',
}
