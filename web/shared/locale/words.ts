// The type of a translation: the same keys as the original, any words.

export type Words<Tree> = { [Key in keyof Tree]: Tree[Key] extends string ? string : Words<Tree[Key]> }
