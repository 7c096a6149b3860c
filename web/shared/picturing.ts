// Where the bytes of a picture of the manual are.
export const pictureUrl = (id: string): string => `/api/v1/pictures/${encodeURIComponent(id)}/file`
