// Files that the browser keeps: made on the page, or by the server, which may take its time and may refuse in words.

export function download(name: string, content: Blob | string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
