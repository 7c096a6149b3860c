// A log searched from the newest back, stretch by stretch, and exported as CSV; what is asked for stands in the address.
import { computed, reactive, ref, watch } from 'vue'
import { get, type Query } from '@shared/client'
import { useLoad, type Loaded } from '@shared/load'
import { useQuestion } from '../parts/question'

const SIZE = 50

export interface Stretch<Row> {
  items?: Row[]
  next?: number | null
  looked_back_to?: string | null
}

/** ``path`` is the log's, ``fields`` what can be asked, ``fixed`` what is asked besides. */
export function useAudit<Row, Field extends string>(path: string, fields: readonly Field[], fixed: (text: (name: string) => string) => Query = () => ({})) {
  const { text, open, clear, asked } = useQuestion()
  const given = reactive(Object.fromEntries(fields.map((name) => [name, text(name)]))) as Record<Field, string>
  const question = computed<Query>(() => ({ ...Object.fromEntries(fields.map((name) => [name, text(name) || undefined])), ...fixed(text) }))
  const before = ref<number | null>(null)
  /** A stretch with all rows before it. */
  const list: Loaded<Stretch<Row> & { all: Row[] }> = useLoad(async () => {
    const from = before.value
    const answer = await get<Stretch<Row>>(path, { ...question.value, before: from, size: SIZE })
    return { ...answer, all: [...(from === null ? [] : found.value), ...(answer.items ?? [])] }
  })
  const found = computed<Row[]>(() => list.value?.all ?? [])
  const file = computed(() => {
    const params = new URLSearchParams(Object.entries(question.value).flatMap(([name, value]): [string, string][] => (value ? [[name, String(value)]] : [])))
    return `/api/v1${path}/csv?${params}`
  })

  watch(
    asked,
    () => {
      fields.forEach((field) => (given[field] = text(field)))
      before.value = null
      void list.reload()
    },
    { immediate: true },
  )

  function further(): Promise<void> {
    before.value = list.value?.next ?? null
    return list.reload()
  }

  const search = () => open(Object.fromEntries(fields.map((field) => [field, given[field].trim()])))
  return { text, open, clear, asked, given, found, list, file, further, search }
}
