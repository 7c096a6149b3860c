// What one page of the inbox reads besides its own record: the item with its clock, and the open tasks of this person in the case.
import { computed, ref } from 'vue'
import { get, post } from '@shared/client'
import { useLive } from '@shared/live'
import { useLoad } from '@shared/load'
import type { Page, Task } from '@shared/types'
import type { Item, Kind } from './kinds'

/** `own` reads the record of the page; all of it is read again after an act and when somebody else acted. */
export function useCase<Own>(kind: Kind, key: string, own: () => Promise<Own>) {
  const record = useLoad(own)
  const item = useLoad(() => get<Item>(`/inbox/${kind}/${key}`), reload)
  const round = ref(0)
  const tasks = useLoad(async () => {
    if (!item.value) return []
    const found = await get<Page<Task>>('/tasks', { q: item.value.hazard, size: 50 })
    return found.items.filter((task) => task.business_key === item.value?.hazard)
  })

  async function reload(): Promise<void> {
    await Promise.all([record.reload(), item.reload()])
    if (!item.value) return
    await tasks.reload()
    round.value += 1
    if (item.value.unread) await post(`/inbox/${kind}/${key}/read`).catch(() => undefined)
  }

  useLive(() => void reload())
  return { record, item, tasks, round, open: computed(() => tasks.value ?? []), reload }
}
