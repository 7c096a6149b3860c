// The code in a photo of the sign at a door, where this browser can read one.
interface Reader {
  detect(picture: ImageBitmap): Promise<{ rawValue: string }[]>
}
type Readers = new (options: { formats: string[] }) => Reader

const made = (): Readers | undefined => (window as unknown as { BarcodeDetector?: Readers }).BarcodeDetector
export const canScan = (): boolean => Boolean(made())

/** What a sign says is an address that ends in its code. */
export const codeOf = (text: string): string => /\/m\/s\/([^/?#\s]+)/.exec(text)?.[1] ?? text.trim()

export async function scanned(file: File): Promise<string | null> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const [found] = await new (made()!)({ formats: ['qr_code'] }).detect(picture)
    picture.close()
    return found ? codeOf(found.rawValue) : null
  } catch {
    return null
  }
}
