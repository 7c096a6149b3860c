// One act of the user, done at most once: a key that stays the same over retries, and no second start while one runs.
import { reactive } from 'vue'
import { ApiProblem } from './client'

export interface Attempt {
  readonly busy: boolean
  readonly problem: ApiProblem | null
  /** Run the act; answers whether it was done. A call while one is running does nothing. */
  run(act: (key: string) => Promise<void>): Promise<boolean>
  clear(): void
}

/** A new idempotency key; `crypto.randomUUID` exists on secure origins only, an office network may be plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The server did not say no, so the same act may have been done: only then the key must be kept. */
export const unsure = (problem: ApiProblem) => problem.status === 0 || problem.status >= 500

export function useAttempt(): Attempt {
  let key = newKey()
  const state = reactive({ busy: false, problem: null as ApiProblem | null })

  async function run(act: (key: string) => Promise<void>): Promise<boolean> {
    if (state.busy) return false
    state.busy = true
    state.problem = null
    try {
      await act(key)
      key = newKey()
      return true
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
      if (!unsure(error)) key = newKey()
      return false
    } finally {
      state.busy = false
    }
  }

  const clear = () => {
    state.problem = null
  }
  return Object.assign(state, { run, clear })
}
