// Playing scenarios on the server, and what a trace looks like on the diagram.
import { request } from '@shared/client'
import { kindOf, type Files, type Marks, type Played, type Simulated } from './types'

const PATIENCE = 120_000
const ask = <T>(path: string, json: unknown) => request<{ answer: T }>(path, { method: 'POST', json, timeout: PATIENCE })

export const PLAN = 'simulation.yaml'
export const scenarioNames = (files: Files) => Object.keys(files).filter((name) => kindOf(name) === 'yaml' && name !== PLAN).sort()

const deployable = (files: Files) => Object.fromEntries(Object.entries(files).filter(([name]) => kindOf(name) !== 'yaml'))

/** With `process`, as the server plays it before a deployment: what passed here is not played again there. */
export const play = async (files: Files, scenario: string, process = '') =>
  (await ask<Played>('/editor/play', { files: deployable(files), scenario, process })).answer

export const simulate = async (files: Files) => (await ask<Simulated>('/editor/simulate', { files })).answer

export type Verdict = 'passed' | 'differs' | 'failed'

export function verdict(answer: Played): Verdict {
  return answer.error ? 'failed' : answer.differences.length ? 'differs' : 'passed'
}

export function marksOf(answer: Played): Marks {
  const marks: Marks = {}
  for (const entry of answer.trace) marks[entry.element] = 'passed'
  for (const task of answer.open) marks[task.element] = 'current'
  for (const incident of answer.incidents) marks[incident.element] = 'failed'
  return marks
}
