// A list read to its end, page after page, for what is shown as one: a story, the elements of a diagram.
import { get, type Query } from './client'
import type { Page } from './types'

const MOST = 2_000
const SIZE = 200

/** All rows of a list, at most so many: with more of them `total` is higher than the number of `items`. */
export async function whole<Item>(path: string, query: Query = {}, most = MOST): Promise<Page<Item>> {
  const first = await get<Page<Item>>(path, { ...query, size: SIZE })
  const items = [...first.items]
  for (let page = 2; items.length < first.total && page <= most / SIZE; page += 1) {
    items.push(...(await get<Page<Item>>(path, { ...query, size: SIZE, page })).items)
  }
  return { ...first, items }
}
