// A task as its page shows it, with the hazard it is about; the list reads the first of them ahead, for a time without network.
import { ApiProblem, get } from '@shared/client'
import { wantsPeople } from '@shared/form'
import { learnNames, learnPeople } from '@shared/names'
import type { Evidence, Hazard, Page, Task } from '@shared/types'

export interface Read {
  task: Task
  hazard: Hazard | null
  files: Evidence[]
}

export async function readTask(id: string): Promise<Read> {
  await learnNames()
  const task = await get<Task>(`/tasks/${id}`)
  if (wantsPeople(task.form)) await learnPeople()
  const hazard = task.hazard ? await get<Hazard>(`/hazards/${task.hazard}`).catch(unseen) : null
  const files = hazard ? (await get<Page<Evidence>>(`/hazards/${hazard.number}/files`)).items : []
  return { task, hazard, files }
}

/** Who works a task may not be somebody who sees the hazard. */
function unseen(error: unknown): null {
  if (error instanceof ApiProblem) return null
  throw error
}
