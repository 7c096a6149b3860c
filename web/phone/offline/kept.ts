// The page's side of working without network: registers the worker, and tells that what is shown was read earlier.
import { reactive } from 'vue'
import { whenRead } from '@shared/client'
import type { Task } from '@shared/types'
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
