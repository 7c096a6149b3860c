// What a person wrote about one item of a checklist and has not saved yet.
export const ANSWERS = ['yes', 'no', 'na', 'left'] as const

export interface Written {
  no: number
  answer: string
  note: string
  photos: string[]
}
