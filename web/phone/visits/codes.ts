// The names of hazard codes, for what a "no" proposes; without them the code alone is shown.
import { reactive } from 'vue'
import { get } from '@shared/client'
import type { Code, Page } from '@shared/types'

const names = reactive<Record<string, string>>({})

export function useCodeNames(): Record<string, string> {
  if (!Object.keys(names).length) {
    void get<Page<Code>>('/codes', { size: 200 })
      .then(({ items }) => items.forEach((one) => (names[one.code] = one.name)))
      .catch(() => undefined)
  }
  return names
}
