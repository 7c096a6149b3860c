// The photos of a checklist's items that wait on the phone, sent by whoever sends the answers: without the page of the item as well.
import type { Ref } from 'vue'
import { unsure } from '@shared/attempt'
import { ApiProblem } from '@shared/client'
import { store } from '@shared/photo'
import { dropPhoto, keptPhotos, photoPlaces, sendKey } from '../offline/photos'
import { draftName, photoPlace, type answersTo, type Sheet } from './answering'

/** Send them one after another and write each with its item. What is refused stays with its item. False: not all were reached. */
export async function sendPhotos(answers: ReturnType<typeof answersTo>, sheet: Ref<Sheet | null>): Promise<boolean> {
  const { visit, key, items = [], filed_at } = sheet.value ?? { visit: 0, key: '', filed_at: '' }
  if (filed_at !== null) return true
  const waiting = new Set(photoPlaces())
  for (const { no } of items.filter((item) => waiting.has(photoPlace(draftName(visit, key), item.no)))) {
    for (const [lies, file] of await keptPhotos(photoPlace(draftName(visit, key), no))) {
      try {
        const { id } = await store(file, { kind: 'attachment' }, sendKey(lies))
        const item = sheet.value!.items.find((one) => one.no === no)!
        const { photos } = answers.shown(item)
        if (!photos.includes(id)) answers.write(no, { photos: [...photos, id] })
        answers.save()
        await dropPhoto(lies)
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
        if (unsure(error) || error.status === 401) return false
      }
    }
  }
  return true
}
