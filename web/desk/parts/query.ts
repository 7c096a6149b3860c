// A list whose question stands in the address: search, filters, page.
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { get, type Query } from '@shared/client'
import { useLoad, type Loaded } from '@shared/load'
import type { Page } from '@shared/types'
import { useQuestion, type Question } from './question'

export const SIZE = 20

export interface Asked<Item> extends Question {
  list: Loaded<Page<Item>>
  rows: ComputedRef<Item[]>
  q: Ref<string>
  narrowed: ComputedRef<boolean>
  search(): Promise<unknown>
}

export function useQuery<Item>(path: string, filters: string[] = [], fixed: () => Query = () => ({})): Asked<Item> {
  const question = useQuestion()
  const { text, page, open, whenAsked } = question
  const q = ref(text('q'))
  const list = useLoad(() =>
    get<Page<Item>>(path, { ...fixed(), q: text('q'), ...Object.fromEntries(filters.map((name) => [name, text(name)])), page: page.value, size: SIZE }),
  )
  const rows = computed(() => (list.value?.items ?? []) as Item[])
  const narrowed = computed(() => ['q', ...filters].some((name) => text(name)))
  const search = () => open({ q: q.value.trim() })
  whenAsked(() => {
    q.value = text('q')
    void list.reload()
  })
  return { ...question, list, rows, q, narrowed, search }
}
