// The page's side of working without network: registers the worker, and tells that what is shown was read earlier.
import { reactive } from 'vue'
import { get, whenRead } from '@shared/client'
import { date } from '@shared/moment'
import type { Task, Visit } from '@shared/types'
import { readTask } from './task'

/** When that was read which is shown; '' for what the server says now. */
export const shown = reactive({ at: '' })

/** Browsers have no worker on plain http, and the development server has none built. */
const able = (): boolean => import.meta.env.PROD && 'serviceWorker' in navigator

export function workOffline(): void {
  whenRead((answer) => (shown.at = answer.headers.get('X-Kept') ?? ''))
  if (able()) void navigator.serviceWorker.register('/m/worker.js').catch(() => undefined)
}

const ahead = new Set<string>()

/** Read the tasks of a list one after another, so that they are there without network. */
export async function readForLater(tasks: Task[]): Promise<void> {
  if (!able()) return
  await navigator.serviceWorker.ready
  for (const { id } of tasks.filter((task) => !ahead.has(task.id))) {
    const read = await readTask(id).catch(() => null)
    if (!read || shown.at) return
    ahead.add(id)
  }
}

/** The visits that are not done, with their checklists and those that fit: what a check-in in a cellar needs. */
export async function readVisits(visits: Visit[]): Promise<void> {
  if (!able()) return
  await navigator.serviceWorker.ready
  for (const { id, place, at } of visits) {
    if (ahead.has(`visit ${id} ${at}`)) continue
    const parts = [get(`/visits/${id}`), get(`/visits/${id}/checklists`), get('/checklists', { place, on: date(at) }), get('/hazards', { visit: id, status: 'all', sort: 'number', size: 50 })]
    const read = await Promise.all(parts).catch(() => null)
    if (!read || shown.at) return
    ahead.add(`visit ${id} ${at}`)
  }
}
