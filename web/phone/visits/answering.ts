// Answers to a checklist on the phone: kept on it as they are written, sent when the network allows. What the server refuses is
// told at its item; where a colleague answered the same item meanwhile, a person says which answer holds.
import { computed, onBeforeUnmount, onMounted, reactive, ref, watch, type Ref } from 'vue'
import { ApiProblem, get, post } from '@shared/client'
import { session } from '@shared/session'
import type { Answer, Page } from '@shared/types'
import type { Written } from '@shared/written'
import { useDraft } from '../draft'

export type Sheet = Answer<'Sheet'>
export type Item = Answer<'Answered'>
/** With the moment of the answer that the server had when this one was written. */
export interface Given extends Written {
  seen: string | null
}
export interface Kept {
  answers: Record<string, Given>
}

const REST = 700
/** A phone does not always notice that its network is back. */
const AGAIN = 10_000
export const draftName = (visit: number | string, key: string): string => `sheet.${visit}.${key}`
const same = (given: Written, other: Written): boolean => given.answer === other.answer && given.note === other.note && String(given.photos) === String(other.photos)
const settled = (item: Item): boolean => Boolean(item.state && item.state !== 'proposed')
/** An item that was not looked at says why: until then there is nothing to send. */
const whole = (given: Given): boolean => Boolean(given.answer) && (given.answer !== 'left' || Boolean(given.note.trim()))

export function useAnswers(visit: number | string, key: string, sheet: Ref<Sheet | null>) {
  const { draft } = useDraft<Kept>(draftName(visit, key), { answers: {} })
  const state = reactive({ busy: false, problem: null as ApiProblem | null, late: 0 })
  const refused = ref<Record<number, ApiProblem>>({})
  const path = `/visits/${visit}/checklists/${encodeURIComponent(key)}`
  let timer = 0
  let gone = false

  const itemOf = (no: number) => sheet.value?.items.find((one) => one.no === no)
  const shown = (item: Item): Written => draft.answers[item.no] ?? { no: item.no, answer: item.answer ?? '', note: item.note, photos: item.photos }
  /** Somebody answered this item after one began to write about it. */
  function clashes(given: Given): boolean {
    const item = itemOf(given.no)
    return !!item && item.answered_at !== given.seen && item.answered_by !== session.me?.name && (settled(item) || !same(given, { no: item.no, answer: item.answer ?? '', note: item.note, photos: item.photos }))
  }
  const waiting = computed(() => Object.values(draft.answers).filter((one) => whole(one) && !clashes(one)))
  const open = computed(() => Object.values(draft.answers).length)

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

  async function push(sent: Given[], again = true): Promise<void> {
    const answers = sent.map(({ no, answer, note, photos }) => ({ no, answer, note: note.trim(), photos }))
    try {
      const after = await post<Sheet>(`${path}/answers`, { revision: sheet.value!.revision, answers })
      sheet.value = after
      for (const one of sent) {
        const now = draft.answers[one.no]
        if (now && same(now, one)) delete draft.answers[one.no]
        else if (now) now.seen = itemOf(one.no)!.answered_at
      }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      if (error.status === 422 && sent.length > 1) for (const one of sent) await push([one], again)
      else if (error.status === 422) refused.value[sent[0]!.no] = error
      else if (error.status === 409 && again) {
        await refresh()
        const still = waiting.value.filter((one) => sent.some(({ no }) => no === one.no))
        if (still.length && !sheet.value?.filed_at) await push(still.map((one) => ({ ...one })), false)
      } else state.problem = error
    }
  }

  async function send(): Promise<void> {
    window.clearTimeout(timer)
    const sent = waiting.value.filter((one) => !refused.value[one.no]).map((one) => ({ ...one }))
    if (state.busy || !sheet.value || sheet.value.filed_at || !sent.length) return
    state.busy = true
    state.problem = null
    try {
      await push(sent)
    } finally {
      state.busy = false
    }
    const failed = state.problem as ApiProblem | null
    if (failed?.status === 0 && !gone) timer = window.setTimeout(() => void send(), AGAIN)
    if (!failed && !gone && waiting.value.some((one) => !refused.value[one.no])) soon()
  }

  function soon(): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void send(), REST)
  }

  async function refresh(): Promise<void> {
    const found = (await get<Page<Sheet>>(`/visits/${visit}/checklists`)).items.find((one) => one.key === key)
    if (found) sheet.value = found
  }

  /** File the sheet; answers whether it is filed. What is wrong is told, with the numbers of the items. */
  async function file(): Promise<boolean> {
    await send()
    if (state.problem || open.value || state.busy) return false
    state.busy = true
    try {
      sheet.value = await post<Sheet>(`${path}/file`, { revision: sheet.value!.revision })
      return true
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
      if (error.status === 409) await refresh().catch(() => undefined)
      return false
    } finally {
      state.busy = false
    }
  }

  /** Nothing is written on a filed sheet: what was not sent is lost, and that is said. */
  watch(
    () => sheet.value?.filed_at,
    (filed) => {
      if (!filed || !open.value) return
      state.late = open.value
      draft.answers = {}
    },
    { immediate: true },
  )
  const back = () => void send()
  onMounted(() => window.addEventListener('online', back))
  onBeforeUnmount(() => {
    window.removeEventListener('online', back)
    gone = true
    void send()
  })
  return { state, refused, waiting, open, shown, clashes: (no: number) => Boolean(draft.answers[no] && clashes(draft.answers[no])), written: (no: number) => no in draft.answers, write, take, insist, send, file }
}
