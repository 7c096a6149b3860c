// What a page shows while it reads: loading, the answer, or the problem with a way to try again; an older answer never wins,
// and none moves the page between the press and the release of a click.
import { getCurrentScope, onScopeDispose, reactive } from 'vue'
import { ApiProblem } from './client'
import { readings } from './failing'
import { underPress } from './pressed'

export interface Loaded<Answer> {
  value: Answer | null
  loading: boolean
  slow: boolean
  problem: ApiProblem | null
  reload(): Promise<void>
}

const SLOW_AFTER = 2_500

export function useLoad<Answer>(read: () => Promise<Answer>): Loaded<Answer> {
  let turn = 0
  const state = reactive({ value: null as Answer | null, loading: false, slow: false, problem: null as ApiProblem | null })

  async function reload(): Promise<void> {
    const mine = ++turn
    state.loading = true
    state.slow = false
    state.problem = null
    const timer = window.setTimeout(() => (state.slow = mine === turn), SLOW_AFTER)
    try {
      const answer = await read()
      await underPress()
      if (mine === turn) (state.value as Answer | null) = answer
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      await underPress()
      if (mine === turn) state.problem = error
    } finally {
      window.clearTimeout(timer)
      if (mine === turn) Object.assign(state, { loading: false, slow: false })
    }
  }
  const loaded = Object.assign(state, { reload }) as Loaded<Answer>
  if (getCurrentScope()) {
    readings.add(loaded)
    onScopeDispose(() => readings.delete(loaded))
  }
  return loaded
}
