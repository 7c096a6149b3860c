// Answers to a checklist on the phone: kept on it as they are written, sent when the network allows. What the server refuses is
// told at its item; where a colleague answered the same item meanwhile, a person says which answer holds.
import { computed, onBeforeUnmount, onMounted, reactive, ref, watch, type Ref } from 'vue'
import { unsure } from '@shared/attempt'
import { ApiProblem, get, post } from '@shared/client'
import type { Answer, Page } from '@shared/types'
import type { Written } from '@shared/written'
import { tryAfter, useDraft } from '../draft'
import { arrived as passed, sendBefore, stepsOf } from './steps'

export type Sheet = Answer<'Sheet'>
export type Item = Answer<'Answered'>
/** With the moment of the answer that the server had when this one was written, and what was sent of it: a reply may be lost. */
export interface Given extends Written {
  seen: string | null
  sent?: Written[]
}
export interface Kept {
  answers: Record<string, Given>
}

const REST = 700
export const draftName = (visit: number | string, key: string): string => `sheet.${visit}.${key}`
/** Where the photos of an item lie until they are sent. */
export const photoPlace = (sheet: string, no: number): string => `${sheet}#${no}`
/** The sheets that a page shows, which sends them itself. */
export const held = new Set<string>()
const same = (given: Written, other: Written): boolean => given.answer === other.answer && given.note.trim() === other.note.trim() && String(given.photos) === String(other.photos)
const asWritten = (item: Item): Written => ({ no: item.no, answer: item.answer ?? '', note: item.note, photos: item.photos })
const settled = (item: Item): boolean => Boolean(item.state && item.state !== 'proposed')
/** An item that was not looked at says why: until then there is nothing to send. */
const whole = (given: Given): boolean => Boolean(given.answer) && (given.answer !== 'left' || Boolean(given.note.trim()))

/** What is written about a sheet, to be sent without a page as well; who uses it leaves it. */
export function answersTo(visit: number | string, key: string, sheet: Ref<Sheet | null>) {
  const { draft, save, amend } = useDraft<Kept>(draftName(visit, key), { answers: {} })
  const state = reactive({ busy: false, problem: null as ApiProblem | null, filing: false })
  const refused = ref<Record<number, ApiProblem>>({})
  const path = `/visits/${visit}/checklists/${encodeURIComponent(key)}`
  let timer = 0
  let tries = 0
  let gone = false

  const itemOf = (no: number) => sheet.value?.items.find((one) => one.no === no)
  const shown = (item: Item): Written => (!sheet.value?.filed_at && draft.answers[item.no]) || asWritten(item)
  /** The server has another answer than the one that was seen when this one was begun, or decided about the one it has. */
  function clashes(given: Given): boolean {
    const item = itemOf(given.no)
    if (!item || same(given, asWritten(item))) return false
    return settled(item) || (item.answered_at !== given.seen && !given.sent?.some((one) => same(one, asWritten(item))))
  }
  const written = computed(() => (sheet.value?.filed_at ? [] : Object.values(draft.answers)))
  const waiting = computed(() => written.value.filter((one) => whole(one) && !clashes(one)))
  const open = computed(() => written.value.length)
  function unlike(given: Given): boolean {
    const item = itemOf(given.no)
    return Boolean(given.answer || given.note.trim() || given.photos.length) && !(item && same(given, asWritten(item)))
  }
  /** Nothing is written on a filed sheet: what was not sent stays to be read until it is dismissed. */
  const late = computed(() => (sheet.value?.filed_at ? Object.values(draft.answers).filter(unlike) : []))
  const dismiss = (): void => void (draft.answers = {})
  /** That the network is away is told to who files; what waits is sent without asking. */
  const told = computed(() => (state.problem && unsure(state.problem) && !state.filing ? null : state.problem))

  function write(no: number, change: Partial<Written>): void {
    const item = itemOf(no)!
    const before = draft.answers[no] ?? { ...shown(item), seen: item.answered_at }
    draft.answers[no] = { ...before, ...change }
    delete refused.value[no]
    soon()
  }
  const take = (no: number): void => void delete draft.answers[no]
  function insist(no: number): void {
    draft.answers[no]!.seen = itemOf(no)!.answered_at
    soon()
  }
  /** A sheet that was read counts unless a newer one is shown already. */
  function read(found: Sheet | undefined): void {
    const now = sheet.value
    if (found && (!now || (found.revision >= now.revision && !(now.filed_at && !found.filed_at)))) sheet.value = found
  }
  function arrived(sent: Given[]): void {
    for (const one of sent) {
      const now = draft.answers[one.no]
      if (now && same(now, one)) delete draft.answers[one.no]
      else if (now) Object.assign(now, { seen: itemOf(one.no)!.answered_at, sent: [] })
    }
    if (gone) amend(({ answers = {} }) => sent.forEach((one) => answers[one.no] && same(answers[one.no]!, one) && delete answers[one.no]))
  }

  async function push(sent: Given[], again = true): Promise<void> {
    const answers = sent.map(({ no, answer, note, photos }) => ({ no, answer, note: note.trim(), photos }))
    for (const one of answers) {
      const now = draft.answers[one.no]
      if (now && !now.sent?.some((before) => same(before, one))) now.sent = [...(now.sent ?? []), one]
    }
    try {
      sheet.value = await post<Sheet>(`${path}/answers`, { revision: sheet.value!.revision, answers })
      arrived(sent)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.status === 409 && again) {
        if (!(await refresh())) return
        const still = waiting.value.filter((one) => sent.some(({ no }) => no === one.no))
        if (still.length) await push(still.map((one) => ({ ...one })), false)
      } else if ([409, 422].includes(error.status) && sent.length > 1) {
        for (const one of sent) if (!state.problem || !unsure(state.problem)) await push([one], again)
      } else if (error.status === 422) refused.value[sent[0]!.no] = error
      else state.problem = error
    }
  }

  /** Without network the check-in and the lists were kept here: they go first. */
  async function ready(): Promise<boolean> {
    const { checkIn, lists } = stepsOf(visit)
    if (!checkIn && !lists.length) return true
    const came = await sendBefore(visit)
    if (came === 'away') state.problem = new ApiProblem(0, '连不上服务器。请检查网络后再试，填写的内容还在。', [], 'The server cannot be reached.', 'offline')
    return came === 'done' && refresh()
  }

  async function send(filing = false): Promise<void> {
    window.clearTimeout(timer)
    if (state.busy || !sheet.value || sheet.value.filed_at) return
    Object.assign(state, { problem: null, filing })
    const sent = waiting.value.filter((one) => !refused.value[one.no]).map((one) => ({ ...one }))
    if (!sent.length) return
    let stopped = false
    state.busy = true
    try {
      if (!(await ready())) stopped = true
      else await push(sent)
    } finally {
      state.busy = false
    }
    const failed = state.problem as ApiProblem | null
    tries = failed && unsure(failed) ? tries + 1 : 0
    if (tries && !gone) timer = window.setTimeout(() => void send(state.filing), tryAfter(tries))
    if (!failed && !stopped && !gone && waiting.value.some((one) => !refused.value[one.no])) soon()
  }

  function soon(): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void send(), REST)
  }

  async function refresh(): Promise<boolean> {
    try {
      read((await get<Page<Sheet>>(`/visits/${visit}/checklists`)).items.find((one) => one.key === key))
      return true
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
      return false
    }
  }

  /** File the sheet; answers whether it is filed. What is wrong is told, with the numbers of the items. */
  async function file(): Promise<boolean> {
    await send(true)
    if (state.problem || open.value || state.busy) return false
    if (sheet.value?.filed_at) return true
    state.busy = true
    try {
      sheet.value = await post<Sheet>(`${path}/file`, { revision: sheet.value!.revision })
      return true
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.status === 409) await refresh()
      state.problem = error
      return false
    } finally {
      state.busy = false
    }
  }

  watch(
    () => Boolean(sheet.value?.filed_at && !late.value.length && Object.keys(draft.answers).length),
    (equal) => equal && dismiss(),
    { immediate: true },
  )
  const back = () => {
    tries = 0
    void send()
  }
  function leave(): void {
    gone = true
    window.clearTimeout(timer)
    save()
  }
  const clashing = (no: number): boolean => written.value.some((one) => one.no === no && clashes(one))
  return { state, back, leave, save, told, refused, open, late, shown, clashes: clashing, written: (no: number) => no in draft.answers, write, take, insist, dismiss, read, send: () => send(), sendAll: () => send(true), file }
}

/** The same for a page that shows the sheet: it sends as the person writes, and what is left when the page is left. */
export function useAnswers(visit: number | string, key: string, sheet: Ref<Sheet | null>) {
  const answers = answersTo(visit, key, sheet)
  const name = draftName(visit, key)
  watch(() => passed.n, answers.back)
  onMounted(() => {
    held.add(name)
    window.addEventListener('online', answers.back)
  })
  onBeforeUnmount(() => {
    held.delete(name)
    window.removeEventListener('online', answers.back)
    void answers.send()
    answers.leave()
  })
  return answers
}
