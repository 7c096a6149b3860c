// Photos that have not arrived yet, kept on the phone by the field they are for until they are sent or taken away. Each has the key
// under which it is sent, however often: the server stores it once.
import { reactive } from 'vue'
import { del, delMany, entries, keys, set } from 'idb-keyval'
import { newKey } from '@shared/attempt'
import { session } from '@shared/session'

const MONTH = 31 * 24 * 3600_000
type Key = [kind: 'photo', person: string, place: string, at: number, once: string]
export type KeptPhoto = [key: Key, file: File]

const me = (): string => session.me?.name ?? ''
const mine = (key: Key): boolean => key[0] === 'photo' && key[1] === me()
/** How many lie here by the place they are for, of the person who is signed in. */
const lying = reactive<Record<string, number>>({})
const count = (place: string, change: number): void => void (lying[place] = Math.max(0, (lying[place] ?? 0) + change))

/** The photos of a field, or of all fields whose places begin so. */
export const photosAt = (place: string | undefined): number => (place && lying[place]) || 0
export const photosUnder = (beginning: string): number => Object.entries(lying).reduce((sum, [place, n]) => sum + (place.startsWith(beginning) ? n : 0), 0)
export const photoPlaces = (): string[] => Object.keys(lying).filter((place) => lying[place])

/** Count what lies here; what nobody came back for goes after a month. */
export async function learnPhotos(): Promise<void> {
  const all = await keys<Key>().catch(() => [])
  const now: Record<string, number> = {}
  all.filter(mine).forEach(([, , place]) => (now[place] = (now[place] ?? 0) + 1))
  Object.keys(lying).forEach((place) => place in now || delete lying[place])
  Object.assign(lying, now)
  const old = all.filter((key) => key[0] === 'photo' && Date.now() - key[3] > MONTH)
  if (old.length) await delMany(old).catch(() => undefined)
}

/** Without a place, or in a browser that keeps nothing, the page works without a memory. */
export async function keepPhoto(place: string | undefined, file: File, n: number): Promise<Key | undefined> {
  if (!place) return undefined
  const key: Key = ['photo', me(), place, Date.now() + n / 100, newKey()]
  try {
    await set(key, file)
    count(place, 1)
    return key
  } catch {
    return undefined
  }
}

export async function dropPhoto(key: Key | undefined): Promise<void> {
  if (!key) return
  count(key[2], -1)
  await del([...key]).catch(() => undefined) // the key of a page is a proxy of it, which names nothing to the browser
}

/** What this person took for a field and could not send, the oldest first. */
export async function keptPhotos(place: string | undefined): Promise<KeptPhoto[]> {
  if (!place) return []
  const all = await entries<Key, File>().catch(() => [])
  return all.filter(([key]) => mine(key) && key[2] === place)
}

/** A field has another place now, as when a patrol that was begun is registered. */
export async function movePhotos(from: string, to: string): Promise<void> {
  for (const [key, file] of await keptPhotos(from)) {
    const moved: Key = [key[0], key[1], to, key[3], key[4]]
    await set(moved, file)
    count(to, 1)
    await dropPhoto(key)
  }
}

/** What is thrown away goes with its photos. */
export async function dropPhotos(beginning: string): Promise<void> {
  const all = await keys<Key>().catch(() => [])
  for (const key of all) if (mine(key) && key[2].startsWith(beginning)) await dropPhoto(key)
}

/** Under which a photo is sent; one that an older version of this page kept has only its place and moment. */
export const sendKey = (key: Key | undefined): string | undefined => key && (key[4] ?? `${key[2]}.${key[3]}`)
