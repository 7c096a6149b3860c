// Nothing moves under a finger: a click is made of a press and a release on the same element, so what would move or replace
// elements waits from the press until the click has happened.

/** A touch has its click a moment after the finger is up; a mouse has it at once. */
const CLICK_WITHIN = 120
/** Who holds longer does not click: scrolling, choosing text, a release that nobody told of. */
const LONGEST = 10_000

let timer = 0
let pressed: Promise<void> | null = null
let lift = () => {}

function liftIn(time: number): void {
  window.clearTimeout(timer)
  timer = window.setTimeout(() => lift(), time)
}

function press(): void {
  pressed ??= new Promise((done) => {
    lift = () => {
      pressed = null
      done()
    }
  })
  liftIn(LONGEST)
}

for (const [told, act] of Object.entries({
  pointerdown: press,
  pointerup: () => liftIn(CLICK_WITHIN),
  pointercancel: () => liftIn(0),
  click: () => liftIn(0),
}))
  window.addEventListener(told, act, { capture: true, passive: true })

/** A promise of the moment when the press that is under way is over; null when nothing is pressed. */
export const underPress = (): Promise<void> | null => pressed
