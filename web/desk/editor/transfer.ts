// Files that come in: single ones, and a whole set as zip, which the server takes apart within bounds.
import { upload } from '@shared/client'
import type { Files } from './types'

/** The names of the chosen files that cannot belong to a set. */
export const strange = (chosen: File[]): string[] => chosen.map((one) => one.name).filter((name) => !/\.(bpmn|dmn|form|ya?ml|zip)$/i.test(name))

export async function read(chosen: File[]): Promise<Files> {
  const found: Files = {}
  for (const file of chosen) {
    if (!file.name.toLowerCase().endsWith('.zip')) {
      found[file.name] = await file.text()
      continue
    }
    const form = new FormData()
    form.append('file', file)
    Object.assign(found, (await upload<{ files: Files }>('/editor/unzip', form)).files)
  }
  return found
}
