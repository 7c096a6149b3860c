// Photos: made small in the browser before they travel over a weak network, then stored as evidence of a hazard.
import { upload } from './client'
import { withExif } from './exif'
import type { Evidence } from './types'

const LONG_EDGE = 1600
const QUALITY = 0.8
const SMALL_ENOUGH = 400_000

export interface Purpose {
  kind: Evidence['kind']
  hazard?: string
  angle?: string
}

async function drawn(file: File): Promise<Blob | null> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONG_EDGE / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
}

/** A smaller JPEG of a photo; the file itself when it is small already, no picture, or the browser cannot read it. */
export async function compressed(file: File): Promise<File> {
  if (!file.type.startsWith('image/') || file.size <= SMALL_ENOUGH) return file
  try {
    const blob = await drawn(file)
    if (!blob || blob.size >= file.size) return file
    const name = `${file.name.replace(/\.\w+$/, '')}.jpg`
    return new File([await withExif(file, blob)], name, { type: 'image/jpeg', lastModified: file.lastModified })
  } catch {
    return file
  }
}

/** What a file in a form's field is evidence of: only pictures are photos, and only a field about the time before is one from before. */
export function purposeOf(file: File, field: string, hazard?: string | null, angle?: string): Purpose {
  const photo = /before/.test(field) ? 'photo_before' : 'photo_after'
  const kind = file.type.startsWith('image/') ? photo : 'attachment'
  return { kind, hazard: hazard ?? undefined, angle: kind === 'photo_after' ? angle : undefined }
}

/** The angles of the photos from before, in their order: the n-th photo from after is taken from the n-th angle. */
export const anglesOf = (files: Evidence[]): string[] =>
  [...new Set(files.filter((file) => file.kind === 'photo_before').map((file) => file.angle))].filter(Boolean)

/** The angle of the n-th photo of a field; after the last angle it begins again with the first. */
export const angleAt = (angles: string[], n: number): string | undefined => (angles.length ? angles[n % angles.length] : undefined)

/** Store one file and answer its record; the same key again answers the first. */
export async function store(file: File, purpose: Purpose, key?: string): Promise<Evidence> {
  const form = new FormData()
  const small = await compressed(file)
  form.append('file', small, small.name)
  form.append('kind', purpose.kind)
  if (purpose.hazard) form.append('hazard', purpose.hazard)
  if (purpose.angle) form.append('angle', purpose.angle)
  return upload<Evidence>('/files', form, key ? { 'Idempotency-Key': key } : undefined)
}

export const photoUrl = (id: string): string => `/api/v1/files/${encodeURIComponent(id)}`
