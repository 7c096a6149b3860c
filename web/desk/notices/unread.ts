// How many notices one has not read: asked when somebody signs in, moves to another page or reads one; a number for the bar, never a problem.
import { ref } from 'vue'
import { get } from '@shared/client'
import type { Page } from '@shared/types'

export const unread = ref(0)
let turn = 0

export async function countUnread(): Promise<void> {
  const mine = ++turn
  const found = await get<Page<unknown>>('/notices', { unread: true, size: 1 }).catch(() => null)
  if (found && mine === turn) unread.value = found.total
}
