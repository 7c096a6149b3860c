// The form of a task as a person fills it in: units and people are chosen by name, never typed as codes.
import { plainForm, wantsPeople, withPeople, withUnits } from './form'
import { learnNames, learnPeople, peopleOptions, unitOptions } from './names'
import type { FormSchema, Task } from './types'

/** Read the names that the form of this task offers. */
export async function learnFor(task: Task): Promise<void> {
  await learnNames()
  if (wantsPeople(task.form)) await learnPeople()
}

/** Its form, else a plain one of its variables. */
export const formOf = (task: Task | null | undefined): FormSchema =>
  withPeople(withUnits(task?.form ?? plainForm(task?.variables ?? {}), unitOptions()), peopleOptions())
