// A task as its page shows it, with the hazard it is about; the list reads the first of them ahead, for a time without network.
import { ApiProblem, get } from '@shared/client'
import { passing } from '@shared/recovering'
import { learnFor } from '@shared/taskForm'
import type { Evidence, Hazard, Page, Task } from '@shared/types'

export interface Read {
  task: Task
  hazard: Hazard | null
  files: Evidence[]
}

export async function readTask(id: string): Promise<Read> {
  const task = await get<Task>(`/tasks/${id}`)
  await learnFor(task)
  const hazard = task.hazard ? await get<Hazard>(`/hazards/${task.hazard}`).catch(unseen) : null
  const files = hazard ? (await get<Page<Evidence>>(`/hazards/${hazard.number}/files`)).items : []
  return { task, hazard, files }
}

/** Who works a task may not be somebody who sees the hazard; without network what was not kept of it is left out. */
function unseen(error: unknown): null {
  if (error instanceof ApiProblem && (!error.status || !passing(error))) return null
  throw error
}
