// More time for what an order asked to be fixed: what may be asked, the day that would come of it before it is sent, asking, answering.
import { computed, reactive, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { get, post } from './client'
import { useLoad } from './load'
import type { Answer, Deadline } from './types'

export type OrderTime = Answer<'OrderTime'>
type Act = 'ask' | 'answer'

/** The clock of what an order asks to be fixed (T3). */
const ORDER = 'T3'
const RESTS_AFTER = 250
const MOST = 3650

export const runningOrders = (rows: readonly Deadline[]): Deadline[] => rows.filter((row) => row.clock === ORDER && row.state === 'open')

export function useOrderTime(limit: number) {
  const { t } = useI18n()
  const path = `/deadlines/${limit}/extension`
  const told = useLoad(() => get<OrderTime>(path))
  const acting = ref<Act | ''>('')
  const given = reactive({ days: undefined as number | undefined, reason: '', files: [] as string[], asked_on: '', granted: true })
  const counts = computed(() => acting.value === 'ask' || given.granted)
  const whole = computed(() => Number.isInteger(given.days) && given.days! > 0 && given.days! <= MOST)
  const on = () => (acting.value === 'ask' && given.asked_on ? { asked_on: given.asked_on } : {})
  const would = useLoad(async () => (counts.value && whole.value ? (await get<OrderTime>(path, { days: given.days, ...on() })).would : null))
  /** The day that is shown is the one that is sent. */
  const ready = computed(() => Boolean(given.reason.trim()) && (!counts.value || (!would.problem && would.value?.days === given.days)))
  const labels = computed(() => ({ days: t('more_time.days'), n: t('more_time.days'), until: t('more_time.days'), reason: t('ask.reason'), photos: t('more_time.proof'), asked_on: t('more_time.asked_on') }))

  const offered = computed<Act | ''>(() => {
    const one = told.value
    if (!one) return ''
    if (one.waiting) return one.answers ? 'answer' : ''
    const open = one.asks === 'organ' ? one.used < one.times : !one.refusal
    return one.asks && open ? 'ask' : ''
  })
  /** What the button says: a department notes what came on paper. */
  const name = computed(() => (offered.value === 'ask' && told.value?.asks === 'organ' ? 'note' : offered.value || 'ask'))

  function open(): void {
    if (!offered.value) return
    Object.assign(given, { days: told.value?.would?.days, reason: '', files: [], asked_on: '', granted: true })
    acting.value = offered.value
    would.value = null
    would.problem = null
    if (given.days) void would.reload()
  }

  async function send(): Promise<void> {
    const reason = given.reason.trim()
    if (acting.value === 'ask') await post(path, { days: given.days, reason, files: given.files, ...on() })
    else await post(`${path}/answer`, { granted: given.granted, reason, ...(given.granted ? { days: given.days } : {}) })
  }

  let timer = 0
  watch([() => given.days, () => given.asked_on, () => given.granted], () => {
    window.clearTimeout(timer)
    if (acting.value) timer = window.setTimeout(() => void would.reload(), RESTS_AFTER)
  })

  return reactive({ told, acting, given, counts, would, ready, labels, offered, name, open, send })
}
