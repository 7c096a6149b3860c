// Where this device is: asked once, with a time limit; null when the person or the device does not say.

export interface Position {
  lat: number
  lon: number
  metres: number
}

const PATIENCE = 12_000

export function whereAmI(): Promise<Position | null> {
  if (!navigator.geolocation) return Promise.resolve(null)
  return new Promise((found) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude, metres: Math.round(coords.accuracy) }),
      () => found(null),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30_000 },
    ),
  )
}
