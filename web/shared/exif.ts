// Keeps what a camera wrote into a photo (when, where) when the photo is made smaller; the picture itself is upright by then.

const SOI = 0xffd8
const APP1 = 0xffe1
const SOS = 0xffda
const ORIENTATION = 0x0112

/** Position and length of the EXIF segment of a JPEG, marker included; null when there is none. */
function segment(view: DataView): { start: number; length: number } | null {
  if (view.byteLength < 4 || view.getUint16(0) !== SOI) return null
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at)
    const length = view.getUint16(at + 2) + 2
    const isExif = marker === APP1 && at + 10 < view.byteLength && view.getUint32(at + 4) === 0x45786966
    if (isExif) return { start: at, length }
    if (marker === SOS || marker < 0xff00) return null
    at += length
  }
  return null
}

/** Say "upright" in the EXIF segment, because the smaller picture was drawn that way. */
function setUpright(exif: Uint8Array): void {
  const view = new DataView(exif.buffer, exif.byteOffset + 10)
  const little = view.getUint16(0) === 0x4949
  const first = view.getUint32(4, little)
  const count = view.getUint16(first, little)
  for (let index = 0; index < count; index += 1) {
    const entry = first + 2 + index * 12
    if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little)
  }
}

/** The small JPEG with the EXIF segment of the original; the small one as it is when the original has none or a broken one. */
export async function withExif(original: Blob, small: Blob): Promise<Blob> {
  try {
    const bytes = await original.arrayBuffer()
    const found = segment(new DataView(bytes))
    if (!found) return small
    const exif = new Uint8Array(bytes.slice(found.start, found.start + found.length))
    setUpright(exif)
    const rest = await small.arrayBuffer()
    return new Blob([rest.slice(0, 2), exif, rest.slice(2)], { type: 'image/jpeg' })
  } catch {
    return small
  }
}
