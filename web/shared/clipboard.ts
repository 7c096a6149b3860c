// The clipboard. A page over plain http, as in many an office network, has none, and a browser may refuse: false then, and the page shows what to copy by hand.

const copied = async (write: () => Promise<void>): Promise<boolean> => {
  try {
    await write()
    return true
  } catch {
    return false
  }
}

export const copyText = (text: string) => copied(() => navigator.clipboard.writeText(text))
export const copyPicture = (png: Blob) => copied(() => navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]))
