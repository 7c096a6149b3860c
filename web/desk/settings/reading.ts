// How a sheet is read, as the person is changing it and as the server keeps it: what was typed and not yet sent outlives each new answer.
import { reactive } from 'vue'
import type { Answer } from '@shared/types'

type Import = Answer<'Import'>
type Texts = Record<string, string>

export interface Reading {
  sheet: string
  /** Header → field, as one reads a sheet. */
  meant: Texts
  /** Field → what an empty cell of it means. */
  defaults: Texts
  update: boolean
  create: boolean
}

const kept = (one: Import): Reading => ({
  sheet: one.sheet!,
  meant: Object.fromEntries(Object.entries(one.columns as Texts).map(([field, header]) => [header, field])),
  defaults: { ...(one.defaults as Texts) },
  update: one.existing === 'update',
  create: one.create_places!,
})

const same = (one?: string, other?: string) => (one ?? '') === (other ?? '')

/** What differs in `given` from `known` stays, the rest becomes what is kept `now`. */
function merged(given: Texts, known: Texts, now: Texts): Texts {
  const names = new Set([...Object.keys(given), ...Object.keys(now)])
  return Object.fromEntries([...names].map((name) => [name, (same(given[name], known[name]) ? now[name] : given[name]) ?? '']))
}

export function useReading(one: Import) {
  let known = kept(one)
  const given = reactive(kept(one))

  /** What is being sent: once it is there, only what was typed after it still differs. */
  const sending = (): Reading => ({ ...given, meant: { ...given.meant }, defaults: { ...given.defaults } })
  const sent = (reading: Reading) => (known = reading)

  /** The server's newest answer; of another sheet the columns are others, and whether something typed still waits. */
  function take(newest: Import): boolean {
    const now = kept(newest)
    given.meant = now.sheet === known.sheet ? merged(given.meant, known.meant, now.meant) : now.meant
    given.defaults = merged(given.defaults, known.defaults, now.defaults)
    if (given.update === known.update) given.update = now.update
    if (given.create === known.create) given.create = now.create
    given.sheet = now.sheet
    known = now
    return Object.keys(given.defaults).some((name) => !same(given.defaults[name], now.defaults[name]))
  }

  return { given, sending, sent, take }
}
