// What of one visit lies on this phone: in words, to be read or copied out, and how it is thrown away.
import { keptDrafts, leaveDraft } from '../draft'
import { dropPhotos } from '../offline/photos'
import { draftName, type Given, type Kept } from './answering'
import { put, stepsOf } from './steps'

/** The answers by checklist. */
export function answersOf(visit: string): [key: string, answers: Given[]][] {
  const kept = Object.entries(keptDrafts<Kept>(`sheet.${visit}.`))
  return kept.map(([key, { answers }]): [string, Given[]] => [key, Object.values(answers ?? {})]).filter(([, answers]) => answers.length)
}

/** The note and the advice of a record that was not filed. */
export function recordOf(visit: string): string {
  const { note, order_text: order } = (stepsOf(visit).record?.body ?? {}) as { note?: string; order_text?: string }
  return [note, order].filter(Boolean).join(' ')
}

export async function discard(visit: string): Promise<void> {
  for (const [key] of answersOf(visit)) leaveDraft(draftName(visit, key), {})
  await dropPhotos(`sheet.${visit}.`)
  put(visit, { checkIn: null, lists: [], file: [], record: null, refused: null })
}
