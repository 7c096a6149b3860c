// A list whose question stands in the address: search, filters, page; shared links and the back button work.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { get, type Query } from '@shared/client'
import { useLoad, type Loaded } from '@shared/load'
import type { Page } from '@shared/types'

export const SIZE = 20

export interface Asked<Item> {
  list: Loaded<Page<Item>>
  rows: ComputedRef<Item[]>
  q: Ref<string>
  page: ComputedRef<number>
  text(name: string): string
  open(change: LocationQueryRaw): Promise<unknown>
  search(): Promise<unknown>
}

export function useQuery<Item>(path: string, filters: string[] = [], fixed: () => Query = () => ({})): Asked<Item> {
  const route = useRoute()
  const router = useRouter()
  const here = route.name
  const text = (name: string) => String(route.query[name] ?? '')
  const q = ref(text('q'))
  const page = computed(() => Math.max(1, Number(route.query.page) || 1))
  const list = useLoad(() =>
    get<Page<Item>>(path, { ...fixed(), q: text('q'), ...Object.fromEntries(filters.map((name) => [name, text(name)])), page: page.value, size: SIZE }),
  )
  const rows = computed(() => (list.value?.items ?? []) as Item[])
  const open = (change: LocationQueryRaw) => router.push({ query: { ...route.query, page: undefined, ...change } })
  const search = () => open({ q: q.value.trim() || undefined })
  watch(
    () => route.query,
    () => {
      if (route.name !== here) return
      q.value = text('q')
      void list.reload()
    },
    { immediate: true },
  )
  return { list, rows, q, page, text, open, search }
}
