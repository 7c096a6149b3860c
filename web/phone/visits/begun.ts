// A patrol that was begun on this phone and is not registered yet, kept by place.
import type { Written } from '@shared/written'

export interface Begun {
  begun: boolean
  place_name: string
  kind: string
  result: string
  note: string
  advice: string
  people: string[]
  /** Answers by checklist and version, then by item. */
  answers: Record<string, Record<string, Written>>
  /** The key of the request that was sent and not answered. */
  key: string
}

export const blank = (kind: string, me: string): Begun => ({ begun: false, place_name: '', kind, result: '', note: '', advice: '', people: [me], answers: {}, key: '' })
