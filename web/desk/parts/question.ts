// What a list asks for stands in the address: it can be shared, and "back" works.
import { computed, ref, watch, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

export type Question = ReturnType<typeof useQuestion>

export function useQuestion() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string): string => String(route.query[name] ?? '')
  const page = computed(() => Math.max(1, Number(route.query.page) || 1))
  /** Ask otherwise; the list begins at its first page again unless `page` is named. */
  const open = (change: LocationQueryRaw) => {
    const query: LocationQueryRaw = { ...route.query, page: undefined, ...change }
    for (const name of Object.keys(query)) if (query[name] === '') query[name] = undefined
    return router.push({ query })
  }
  const clear = () => router.push({ query: {} })
  const here = route.name
  /** All that is asked; it stays as it was on the way to another page, so that nothing is read for a page that is left. */
  const asked = computed<string>((before) => (before === undefined || route.name === here ? JSON.stringify(route.query) : before))
  /** What stands in a field for searching: typed and not yet asked, and after "back" what was asked then. */
  function typed(name: string): Ref<string> {
    const word = ref(text(name))
    watch(() => text(name), (now) => (word.value = now))
    return word
  }
  /** Read now, and whenever this page asks otherwise; not when the address is that of another page already. */
  const whenAsked = (read: () => unknown) => watch(() => route.query, () => route.name === here && read(), { immediate: true })
  return { route, text, page, open, clear, asked, typed, whenAsked }
}
