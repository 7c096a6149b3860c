// Photos that have not arrived yet, kept on the phone by the field they are for until they are sent or taken away.
import { del, entries, set } from 'idb-keyval'
import { session } from '@shared/session'

const MONTH = 31 * 24 * 3600_000
type Key = [kind: 'photo', person: string, place: string, at: number]
export type KeptPhoto = [key: Key, file: File]

/** Without a place, or in a browser that keeps nothing, the page works without a memory. */
export async function keepPhoto(place: string | undefined, file: File, n: number): Promise<Key | undefined> {
  if (!place) return undefined
  const key: Key = ['photo', session.me?.name ?? '', place, Date.now() + n / 100]
  return set(key, file).then(() => key, () => undefined)
}

export const dropPhoto = (key: Key | undefined): void => void (key && del(key).catch(() => undefined))

/** What this person took for a field and could not send, the oldest first; what nobody came back for goes after a month. */
export async function keptPhotos(place: string | undefined): Promise<KeptPhoto[]> {
  if (!place) return []
  const all = await entries<Key, File>().catch(() => [])
  all.forEach(([key]) => Date.now() - key[3] > MONTH && dropPhoto(key))
  return all.filter(([[kind, person, where]]) => kind === 'photo' && person === (session.me?.name ?? '') && where === place)
}
