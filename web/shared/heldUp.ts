// A step that the process does not accept comes back as a new task of the same element; the variable `problem` says why.
import { ApiProblem, get } from './client'
import type { Page, Task } from './types'

export interface HeldUp {
  task: Task
  problem: string
}

/** Why a step that was just done waits again, and as which task; null where it was accepted, or is repeated as drawn. */
export async function heldUp(done: Pick<Task, 'id' | 'element' | 'instance_id' | 'created_at'>): Promise<HeldUp | null> {
  try {
    const found = await get<Page<Task>>('/tasks', { instance_id: done.instance_id, sort: '-created_at', size: 50 })
    const again = found.items.find((task) => task.element === done.element && task.id !== done.id && String(task.created_at) > String(done.created_at))
    if (!again) return null
    const task = await get<Task>(`/tasks/${again.id}`)
    const problem = task.variables?.problem
    return typeof problem === 'string' && problem ? { task, problem } : null
  } catch (error) {
    if (error instanceof ApiProblem) return null // the step itself is done, whatever became of this look
    throw error
  }
}
