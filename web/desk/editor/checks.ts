// What is looked at before a deployment: lint, scenarios, a short simulation, running cases, differences; one after the other.
import { reactive } from 'vue'
import { ApiProblem, post, request } from '@shared/client'
import { lint } from './findings'
import { play, scenarioNames, simulate, verdict } from './trials'
import { kindOf, type Difference, type Files, type Finding, type Forecast } from './types'

export const STEPS = ['lint', 'scenarios', 'simulation', 'migration', 'differences'] as const
export type Step = (typeof STEPS)[number]
export type State = 'waiting' | 'working' | 'good' | 'bad' | 'stop'
type Say = (key: string, values?: Record<string, unknown>) => string

export interface Check {
  state: State
  text: string
}

const blank = () => Object.fromEntries(STEPS.map((step) => [step, { state: 'waiting', text: '' }])) as Record<Step, Check>

export function useChecks(key: string, say: Say, english: () => boolean) {
  const state = reactive({ steps: blank(), done: false })
  let turn = 0

  async function lintStep(files: Files): Promise<[State, string]> {
    const found: Finding[] = await lint(files)
    const errors = found.filter((one) => one.severity === 'error').length
    return errors ? ['stop', say('lint_bad', { n: errors })] : ['good', say('lint_ok', { n: found.filter((one) => one.severity === 'warning').length })]
  }

  async function scenarioStep(files: Files, progress: (text: string) => void): Promise<[State, string]> {
    const names = scenarioNames(files)
    if (!names.length) return ['bad', say('scenarios_none')]
    const wrong: string[] = []
    for (const [at, name] of names.entries()) {
      progress(`${at + 1}/${names.length}`)
      if (verdict(await play(files, files[name] ?? '', key)) !== 'passed') wrong.push(name.replace(/\.ya?ml$/, ''))
    }
    return wrong.length ? ['bad', say('scenarios_bad', { n: wrong.length, names: wrong.join('、') })] : ['good', say('scenarios_ok', { n: names.length })]
  }

  async function simulationStep(files: Files): Promise<[State, string]> {
    const answer = await simulate(files)
    const failed = answer.error ?? answer.incidents[0]?.message
    if (failed) return ['bad', say('simulation_bad', { reason: failed })]
    const late = answer.tasks.reduce((sum, task) => sum + task.late, 0)
    return ['good', say('simulation_ok', { ended: answer.cases.ended ?? 0, open: answer.cases.open ?? 0, days: answer.days_open.median ?? '—', late })]
  }

  async function migrationStep(): Promise<[State, string]> {
    const found = await request<Forecast>(`/drafts/${key}/forecast`, { timeout: 120_000 })
    if (!found.running) return ['good', say('migration_none')]
    const values = { running: found.running, looked: found.looked_at, possible: found.possible }
    if (!found.blocked.length) return ['good', say('migration_ok', values)]
    const reason = found.blocked.slice(0, 3).map((one) => `${english() ? one.en : one.message}（${one.count}，${one.example}）`).join('；')
    return ['bad', say('migration_bad', { ...values, reason })]
  }

  async function differenceStep(files: Files, newest: number | null): Promise<[State, string]> {
    if (newest === null) return ['good', say('first')]
    const own = Object.fromEntries(Object.entries(files).filter(([name]) => kindOf(name) !== 'yaml'))
    const { differences } = await post<{ differences: Difference[] }>('/editor/compare', { key, from: newest, files: own })
    const names = differences.slice(0, 6).map((row) => `${say(`what.${row.what}`)}${row.name}`)
    return ['good', [say('differences_n', { n: differences.length }), ...names].join('　')]
  }

  async function run(files: Files, newest: number | null): Promise<void> {
    const mine = ++turn
    Object.assign(state, { steps: blank(), done: false })
    const acts: Record<Step, () => Promise<[State, string]>> = {
      lint: () => lintStep(files),
      scenarios: () => scenarioStep(files, (text) => (state.steps.scenarios.text = text)),
      simulation: () => simulationStep(files),
      migration: migrationStep,
      differences: () => differenceStep(files, newest),
    }
    for (const step of STEPS) {
      const check = state.steps[step]
      check.state = 'working'
      try {
        const [result, text] = await acts[step]()
        if (mine !== turn) return
        Object.assign(check, { state: result, text })
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        if (mine !== turn) return
        Object.assign(check, { state: 'bad', text: (english() && error.en) || error.message })
      }
      if ((check.state as State) === 'stop') break
    }
    state.done = true
  }

  const stop = () => void (turn += 1)
  return Object.assign(state, { run, stop })
}
