// The roles that an installation knows by name, as the choices of a form; others may be typed.

export const ROLES = ['inspector', 'clerk', 'leader', 'principal', 'secretary', 'officer', 'head', 'owner', 'expert', 'author', 'discipline', 'admin']

/** Days before the end of a certificate from which on it is warned of. */
export const SOON_DAYS = 60
