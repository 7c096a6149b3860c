// What a page shows while it reads: loading, the answer, or the problem with a way to try again; an older answer never wins,
// and none moves the page between the press and the release of a click. What fails for a time only is read again by itself.
import { getCurrentScope, onScopeDispose, reactive } from 'vue'
import { ApiProblem } from './client'
import { readings } from './failing'
import { underPress } from './pressed'
import { giveUp, gotThrough, tryLater } from './recovering'

export interface Loaded<Answer> {
  value: Answer | null
  loading: boolean
  slow: boolean
  /** Stays until there is an answer: what is told does not flicker while it is tried again. */
  problem: ApiProblem | null
  reload(): Promise<void>
  /** As whoever tries again means it: with all that waits for this answer. */
  again(): Promise<unknown>
}

const SLOW_AFTER = 2_500

/** `whole` reads the rest of the page too, where the rest waits for this answer; it is asked only while there is none. */
export function useLoad<Answer>(read: () => Promise<Answer>, whole?: () => Promise<unknown>): Loaded<Answer> {
  let turn = 0
  let left = false
  const state = reactive({ value: null as Answer | null, loading: false, slow: false, problem: null as ApiProblem | null })

  async function reload(): Promise<void> {
    const mine = ++turn
    Object.assign(state, { loading: true, slow: false })
    const timer = window.setTimeout(() => (state.slow = mine === turn), SLOW_AFTER)
    try {
      const answer = await read()
      await underPress()
      if (mine === turn) Object.assign(state, { value: answer, problem: null })
      gotThrough(loaded)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      await underPress()
      if (mine !== turn) return
      state.problem = error
      if (!left) tryLater(loaded, error, again)
    } finally {
      window.clearTimeout(timer)
      if (mine === turn) Object.assign(state, { loading: false, slow: false })
    }
  }
  const again = (): Promise<unknown> => (whole && state.value === null ? whole() : reload())
  const loaded = Object.assign(state, { reload, again }) as Loaded<Answer>
  if (getCurrentScope()) {
    readings.add(loaded)
    onScopeDispose(() => {
      left = true
      readings.delete(loaded)
      giveUp(loaded)
    })
  }
  return loaded
}
