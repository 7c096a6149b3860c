// What the server's linter says about the set, asked shortly after each change; an older answer never wins.
import { reactive } from 'vue'
import { ApiProblem, upload } from '@shared/client'
import type { Files, Finding } from './types'
import { kindOf } from './types'

const QUIET = 700
const BUSY = 2_500

/** The files that are deployed, as a form for upload. */
export async function lint(files: Files): Promise<Finding[]> {
  const form = new FormData()
  for (const [name, text] of Object.entries(files)) {
    if (kindOf(name) !== 'yaml') form.append('files', new Blob([text]), name)
  }
  return (await upload<{ problems: Finding[] }>('/definitions/lint', form)).problems
}

export function useFindings(read: () => Files) {
  const state = reactive({ list: [] as Finding[], checking: false, problem: null as ApiProblem | null, asked: false })
  let timer = 0
  let turn = 0

  async function check(): Promise<void> {
    const mine = ++turn
    state.checking = true
    try {
      const found = await lint(read())
      if (mine === turn) Object.assign(state, { list: found, problem: null, asked: true })
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (mine !== turn) return
      if (error.status === 503) timer = window.setTimeout(() => void check(), BUSY)
      else state.problem = error
    } finally {
      if (mine === turn) state.checking = false
    }
  }

  function soon(): void {
    window.clearTimeout(timer)
    state.checking = true
    timer = window.setTimeout(() => void check(), QUIET)
  }

  const stop = () => {
    turn += 1
    window.clearTimeout(timer)
  }
  return Object.assign(state, { soon, stop })
}
