// A patrol that was begun on this phone and is not registered yet, kept by place with what the page needs without network.
import { ApiProblem, get, post } from '@shared/client'
import { session } from '@shared/session'
import type { Answer, DemoClock, Place, Visit } from '@shared/types'
import type { Written } from '@shared/written'
import { leaveDraft } from '../draft'
import { movePhotos } from '../offline/photos'
import { draftName, photoPlace } from './answering'

export type List = Answer<'Checklist'>
type Answers = Record<string, Written>
export interface Begun {
  kind: string
  result: string
  note: string
  advice: string
  people: string[]
  /** Answers by checklist and version, then by item. */
  answers: Record<string, Answers>
  /** When it was begun, by the clock of the server; '' before. */
  at: string
  place: Pick<Place, 'name' | 'address'> | null
  lists: List[]
  /** The key of the request that was sent and not answered. */
  key: string
  /** The visit that an earlier try had made already, and what it does not have of what stands here. */
  made: { id: number; lost: string[] } | null
}
interface Sent extends Pick<Begun, 'kind' | 'result' | 'note' | 'advice' | 'people'> {
  place: string
  checklists: string[]
}

/** A patrol that was registered as it was made needs no time of its own. */
const SOON = 5 * 60_000
const COMPARED = ['kind', 'result', 'note', 'advice', 'people'] as const

export function blank(): Begun {
  const kind = session.me?.roles.includes('inspector') ? '网格巡查' : ''
  return { kind, result: '', note: '', advice: '', people: [session.me?.name ?? ''], answers: {}, at: '', place: null, lists: [], key: '', made: null }
}

const holds = (one: Written): boolean => Boolean(one.answer || one.note.trim() || one.photos.length)
export const given = (answers: Answers | undefined): Written[] => Object.values(answers ?? {}).filter(holds)

/** Whether anything was written that a blank one has not. */
export function isBegun(draft: Partial<Begun>): boolean {
  const now = { ...blank(), ...draft }
  const changed = now.kind !== blank().kind || String(now.people) !== String(blank().people)
  return changed || Boolean(now.result || now.note.trim() || now.advice.trim()) || Object.values(now.answers).some((one) => given(one).length)
}

/** How far the clock of a demo is from that of the phone, in milliseconds. */
export async function aheadOfPhone(): Promise<number> {
  return session.me?.demo ? Date.parse((await get<DemoClock>('/demo/clock')).now) - Date.now() : 0
}

/** The time to register: when it was begun, unless that is now. */
export const begunAt = (draft: Begun, ahead: number): string | undefined => (draft.at && Date.now() + ahead - Date.parse(draft.at) > SOON ? draft.at : undefined)

/** Register the visit; the same key again answers the first. A time that the server does not take, of a wrong clock, is left out. */
export async function register(sent: Sent, at: string | undefined, key: string): Promise<Visit> {
  const ask = (body: object) => post<Visit>('/visits', body, { 'Idempotency-Key': key })
  try {
    return await ask({ ...sent, at })
  } catch (error) {
    if (!at || !(error instanceof ApiProblem) || !error.errors.length || error.errors.some((one) => one.field !== 'at')) throw error
    return await ask(sent)
  }
}

/** Hand the answers to the sheets of the visit; answers the fields and the names of lists that it does not have as they were sent. */
export async function handOver(made: Visit, sent: Sent, lists: List[], answers: Begun['answers'], placeOf: (list: List) => string): Promise<string[]> {
  const lost: string[] = COMPARED.filter((name) => String(made[name]) !== String(sent[name]))
  for (const list of lists) {
    const version = made.sheets.find((one) => one.key === list.key)?.version ?? (await take(made.id, list.key))
    if (version !== list.version) lost.push(list.name)
    else {
      const sheet = draftName(made.id, list.key)
      leaveDraft(sheet, { answers: Object.fromEntries(given(answers[nameOf(list)]).map((one) => [one.no, { ...one, seen: null }])) })
      for (const { no } of list.items) await movePhotos(photoPlace(placeOf(list), no), photoPlace(sheet, no))
    }
  }
  return lost
}

export const nameOf = (list: Pick<List, 'key' | 'version'>): string => `${list.key}@${list.version}`

/** Take a list along that the visit lacks; null when the server refuses. */
async function take(visit: number, key: string): Promise<number | null> {
  try {
    return (await post<Answer<'Sheet'>>(`/visits/${visit}/checklists`, { key })).version
  } catch (error) {
    if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) return null
    throw error
  }
}
