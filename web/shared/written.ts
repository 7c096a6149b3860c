// What a person wrote about one item of a checklist and has not saved yet; what an item still lacks before its sheet can be filed.
export const ANSWERS = ['yes', 'no', 'na', 'left'] as const

export interface Written {
  no: number
  answer: string
  note: string
  photos: string[]
}

/** An item lacks its answer, why it was not looked at, or a photo (or why there is none); '' when it is complete. */
export function lacking(item: { photo: boolean }, given: Omit<Written, 'no'> | undefined): '' | 'answer' | 'why' | 'photo' {
  if (!given?.answer) return 'answer'
  if (given.note.trim()) return ''
  if (given.answer === 'left') return 'why'
  return item.photo && given.answer !== 'na' && !given.photos.length ? 'photo' : ''
}
