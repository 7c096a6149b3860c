// What was done on visits without network, sent visit by visit when the network is back, whatever page is open.
import { effectScope, reactive, ref } from 'vue'
import { unsure } from '@shared/attempt'
import { ApiProblem, get } from '@shared/client'
import { session } from '@shared/session'
import type { Page } from '@shared/types'
import { keptDrafts, tryAfter } from '../draft'
import { learnPhotos, photoPlaces, photosUnder } from '../offline/photos'
import { answersTo, draftName, held, type Kept, type Sheet } from './answering'
import { sendPhotos } from './photos'
import { arrived, learnSteps, put, sendBefore, sendRecord, stepsOf, waitingVisits } from './steps'

export const sending = reactive({ busy: false })
/** Whether something else began to wait while it was sending. */
let more = false
let timer = 0
let tries = 0

/** The sheets with something on this phone, by visit. */
function sheets(): Map<string, Set<string>> {
  const written = Object.entries(keptDrafts<Kept>('sheet.')).filter(([, one]) => Object.keys(one.answers ?? {}).length)
  const places = photoPlaces().filter((place) => place.startsWith('sheet.'))
  const found = new Map<string, Set<string>>()
  for (const name of [...written.map(([rest]) => rest), ...places.map((place) => place.slice('sheet.'.length, place.lastIndexOf('#')))]) {
    const [, visit, key] = /^(\d+)\.(.+)$/.exec(name) ?? []
    if (visit && key) found.set(visit, (found.get(visit) ?? new Set()).add(key))
  }
  return found
}

/** The visits of which something lies here: answers, photos, steps. */
export const unsentVisits = (): string[] => [...new Set([...sheets().keys(), ...waitingVisits()])]

/** Whether something waits for a sheet that the server still takes: what was dropped or is too late holds up no record. */
async function stillTaken(visit: string): Promise<boolean> {
  const mine = sheets().get(visit)
  if (!mine) return false
  const { items } = await get<Page<Sheet>>(`/visits/${visit}/checklists`)
  return items.some((one) => mine.has(one.key) && !one.filed_at)
}
/** Photos of the items of a visit that lie here. */
export const photosOf = (visit: number | string): number => photosUnder(`sheet.${visit}.`)

/** Photos and answers of the sheets that no page shows; whether the server was there for all. */
async function sendSheets(visit: string, keys: Set<string>): Promise<boolean> {
  const mine = Array.from(keys).filter((key) => !held.has(draftName(visit, key)))
  if (!mine.length) return true
  let reached = true
  const { items } = await get<Page<Sheet>>(`/visits/${visit}/checklists`)
  for (const found of items.filter((one) => mine.includes(one.key) && !one.filed_at)) {
    const scope = effectScope()
    const sheet = ref<Sheet | null>(found)
    const answers = scope.run(() => answersTo(visit, found.key, sheet))!
    reached = (await sendPhotos(answers, sheet)) && reached
    if (stepsOf(visit).file.includes(found.key)) await fileKept(visit, found.key, answers)
    else await answers.send()
    reached &&= !(answers.state.problem && unsure(answers.state.problem))
    answers.leave()
    scope.stop()
  }
  return reached
}

/** File a sheet as it was asked for without network; what the server says against it is kept with the visit. */
export async function fileKept(visit: number | string, key: string, answers: ReturnType<typeof answersTo>): Promise<void> {
  const done = await answers.file()
  const { problem } = answers.state
  if (!done && problem && !unsure(problem) && problem.status !== 401) put(visit, { refused: { step: 'file', key, message: problem.message, en: problem.en } })
  if (!done) return
  put(visit, { file: stepsOf(visit).file.filter((one) => one !== key) })
  arrived.n += 1
}

/** All of one visit in its order; whether the server was there for it. */
async function sendVisit(visit: string, keys: Set<string>): Promise<boolean> {
  const came = await sendBefore(visit)
  if (came !== 'done') return came === 'refused'
  if (!(await sendSheets(visit, new Set([...keys, ...stepsOf(visit).file])))) return false
  return (stepsOf(visit).record && (await stillTaken(visit))) || (await sendRecord(visit)) !== 'away'
}

/** What this person has here, read when the person is known. */
export function learnUnsent(): void {
  learnSteps()
  void learnPhotos().then(sendUnsent)
}

/** Send what waits; without network it is tried again by itself. */
export async function sendUnsent(): Promise<void> {
  window.clearTimeout(timer)
  if (sending.busy || !session.me) return void (more = sending.busy)
  more = false
  sending.busy = true
  let unreached = false
  try {
    await learnPhotos()
    const all = sheets()
    for (const visit of unsentVisits()) {
      const reached = await sendVisit(visit, all.get(visit) ?? new Set()).catch((error: unknown) => {
        if (!(error instanceof ApiProblem)) throw error
        return !unsure(error)
      })
      unreached ||= !reached
    }
  } finally {
    sending.busy = false
  }
  tries = unreached ? tries + 1 : 0
  if (more) return sendUnsent()
  if (unreached && navigator.onLine) timer = window.setTimeout(() => void sendUnsent(), tryAfter(tries))
}
