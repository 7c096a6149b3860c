// The steps of a visit that were done without network and that the server does not have yet, kept on the phone by visit: sent in
// their order, never told as done before the server said so. What it refuses stays here with its words until a person decides.
import { reactive } from 'vue'
import { unsure } from '@shared/attempt'
import { ApiProblem, get, post } from '@shared/client'
import type { Answer, Visit } from '@shared/types'
import { keptDrafts, leaveDraft } from '../draft'
import type { Sheet } from './answering'

type List = Answer<'Checklist'>
export type Step = 'checkIn' | 'lists' | 'file' | 'record'
export type Outcome = 'done' | 'refused' | 'away'
interface Steps {
  /** `at` is the time of the phone: a claim, beside which the server keeps its own. */
  checkIn: { code: string; lat: number; lon: number; at: string } | null
  /** The checklists taken along, with their items: they are answered without network. */
  lists: List[]
  /** The sheets to be filed. */
  file: string[]
  record: { body: object; at: string } | null
  /** `key` names the sheet, where it is about one. */
  refused: { step: Step; key?: string; message: string; en: string } | null
}

const blank = (): Steps => ({ checkIn: null, lists: [], file: [], record: null, refused: null })
const kept = reactive<Record<string, Steps>>({})
/** Counts what arrived, for pages that show it. */
export const arrived = reactive({ n: 0 })

export const stepsOf = (visit: number | string): Steps => kept[visit] ?? blank()
const holds = ({ checkIn, lists, file, record }: Steps): boolean => Boolean(checkIn || lists.length || file.length || record)
export const waits = (visit: number | string): boolean => holds(stepsOf(visit))
/** How many acts wait; the lists that were chosen go with them. */
export const waiting = (visit: number | string): number => {
  const { checkIn, file, record } = stepsOf(visit)
  return Number(Boolean(checkIn)) + file.length + Number(Boolean(record))
}
export const waitingVisits = (): string[] => Object.keys(kept).filter(waits)

/** What this person has here. */
export function learnSteps(): void {
  Object.keys(kept).forEach((visit) => delete kept[visit])
  for (const [visit, one] of Object.entries(keptDrafts<Steps>('steps.'))) kept[visit] = { ...blank(), ...one }
}

export function put(visit: number | string, change: Partial<Steps>): void {
  const now = { ...stepsOf(visit), ...change }
  kept[visit] = now
  leaveDraft(`steps.${visit}`, holds(now) ? now : {})
}

/** A checklist as its sheet will be when the server has it. */
export function sheetOf(visit: number, list: List): Sheet {
  const items = list.items.map((item) => ({ ...item, answer: null, note: '', photos: [], pictures: [], answered_at: null, answered_by: null, proposal: null, state: null, hazard: null }))
  const missing = list.items.map((item) => item.no)
  return { visit, key: list.key, version: list.version, name: list.name, legal_note: list.legal_note, revision: 0, opened_at: '', opened_by: '', filed_at: null, filed_by: null, items, missing, photos_missing: [] }
}

/** Check in now; where the server is not reached, with the time and place of this moment when it is. */
export async function checkInAt(visit: number, where: { code: string; lat: number; lon: number }): Promise<Visit | null> {
  const at = new Date().toISOString()
  try {
    return await post<Visit>(`/visits/${visit}/checkin`, where)
  } catch (error) {
    if (!(error instanceof ApiProblem) || !unsure(error)) throw error
    put(visit, { checkIn: { ...where, at }, refused: null })
    return null
  }
}

/** Send one step. Whose answer was lost, or what a colleague did meanwhile, is there already: then it is done. */
async function send(visit: number | string, step: Step, act: () => Promise<unknown>, isDone: (visit: Visit) => boolean, key?: string): Promise<Outcome> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (unsure(error) || error.status === 401) return 'away'
    const now = error.status === 409 ? await get<Visit>(`/visits/${visit}`).catch(() => null) : null
    if (now?.stage === '待入企' && step !== 'checkIn') return 'away' // the check-in is done anew first
    if (!now || !isDone(now)) {
      put(visit, { refused: { step, key, message: error.message, en: error.en } })
      return 'refused'
    }
  }
  arrived.n += 1
  return 'done'
}

async function before(visit: number | string): Promise<Outcome> {
  const { checkIn, lists, refused } = stepsOf(visit)
  if (refused) return 'refused'
  if (checkIn) {
    const { at, ...where } = checkIn
    const came = await send(visit, 'checkIn', () => post(`/visits/${visit}/checkin`, { ...where, claimed_at: at }), (now) => Boolean(now.checked_in_at))
    if (came !== 'done') return came
    put(visit, { checkIn: null })
  }
  for (const { key } of lists) {
    const came = await send(visit, 'lists', () => post(`/visits/${visit}/checklists`, { key }), () => false, key)
    if (came !== 'done') return came
    put(visit, { lists: stepsOf(visit).lists.filter((one) => one.key !== key) })
  }
  return 'done'
}

const running = new Map<string, Promise<Outcome>>()
/** Send what comes before the answers: the check-in, then the lists; one at a time, whoever asks. */
export function sendBefore(visit: number | string): Promise<Outcome> {
  const name = String(visit)
  const now = running.get(name) ?? before(visit).finally(() => running.delete(name))
  running.set(name, now)
  return now
}

/** Send the record when all before it has arrived; what was written in its form is done with when this phone's was taken. */
export async function sendRecord(visit: number | string): Promise<Outcome> {
  const { record, refused } = stepsOf(visit)
  if (refused) return 'refused'
  if (!record) return 'done'
  const came = await send(visit, 'record', () => post(`/visits/${visit}/record`, { ...record.body, claimed_at: record.at }), (now) => Boolean(now.recorded_at))
  if (came === 'done') put(visit, { record: null })
  return came
}
